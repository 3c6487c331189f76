import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../connect.ts';
import { mayHear, wantsToHear } from '../endpoints/eligible.ts';
import { happenedIn, type TimeRange } from '../events/happened-in.ts';
import type { DeliveryStatus, Schema } from '../schema.ts';

/** `missing`: the endpoint wants to hear of it, and there is no delivery. */
export type RedeliverState = Exclude<DeliveryStatus, 'cancelled'> | 'missing';

export interface RedeliverFilter extends TimeRange {
  /** Undefined: any. */
  readonly status?: RedeliverState | undefined;
  readonly eventTypes?: readonly EventType[] | undefined;
}

export interface RedeliverBatch {
  readonly most: number;
  /** Only events behind this one. */
  readonly after: string | null;
}

export type NotRedelivered =
  /** There is no such endpoint. */
  { readonly outcome: 'unknown' } | { readonly outcome: 'disabled' };

export type EventRedelivered =
  | NotRedelivered
  | { readonly outcome: 'redelivered' }
  | { readonly outcome: 'no_event' }
  /** It is of another account than the endpoint, or another endpoint's test. */
  | { readonly outcome: 'not_for_endpoint' };

export type BatchRedelivered =
  | NotRedelivered
  /** `last`: the event that the batch ended at; null where there was none. */
  | { readonly outcome: 'redelivered'; readonly count: number; readonly last: string | null };

/** Has an event sent to an endpoint once more, in any state, or for the first time. */
export async function redeliverEvent(
  db: Database,
  endpointId: string,
  eventId: string,
): Promise<EventRedelivered> {
  return await db.transaction().execute(async (trx) => {
    const endpoint = await holdEndpoint(trx, endpointId);
    if (endpoint.outcome !== 'held') return endpoint;
    const { rows } = await sql<{ mayHear: boolean }>`
      select ${mayHear} as "mayHear" from events event, webhook_endpoints endpoint
      where event.id = ${eventId}::uuid and endpoint.id = ${endpointId}::uuid
      for key share of event`.execute(trx);
    const [event] = rows;
    if (!event) return { outcome: 'no_event' };
    if (!event.mayHear) return { outcome: 'not_for_endpoint' };
    await send(trx, endpointId, sql`select ${eventId}::uuid as id`);
    return { outcome: 'redelivered' };
  });
}

/** Has at most `most` events sent to an endpoint once more, or for the first time, the oldest first. */
export async function redeliverEvents(
  db: Database,
  endpointId: string,
  filter: RedeliverFilter,
  { most, after }: RedeliverBatch,
): Promise<BatchRedelivered> {
  return await db.transaction().execute(async (trx) => {
    const endpoint = await holdEndpoint(trx, endpointId);
    if (endpoint.outcome !== 'held') return endpoint;
    const { accountId } = endpoint;
    const ids = await send(
      trx,
      endpointId,
      sql`
        select event.id from webhook_endpoints endpoint
          cross join events event
          left join deliveries delivery
            on delivery.endpoint_id = endpoint.id and delivery.event_id = event.id
        where endpoint.id = ${endpointId}::uuid and ${mayHear} and ${isIn(filter)}
          and ${accountId === null ? sql`true` : sql`event.account_id = ${accountId}::uuid`}
          and (${after}::uuid is null or event.id > ${after}::uuid)
        order by event.id
        limit ${most}
        for key share of event`,
    );
    return { outcome: 'redelivered', count: ids.length, last: ids.at(-1) ?? null };
  });
}

/** Its state stays as it is until the end of the transaction. */
async function holdEndpoint(
  trx: Transaction<Schema>,
  endpointId: string,
): Promise<NotRedelivered | { readonly outcome: 'held'; readonly accountId: string | null }> {
  const endpoint = await trx
    .selectFrom('webhook_endpoints')
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .select(['status', 'account_id'])
    .forShare()
    .executeTakeFirst();
  if (!endpoint) return { outcome: 'unknown' };
  return endpoint.status === 'disabled'
    ? { outcome: 'disabled' }
    : { outcome: 'held', accountId: endpoint.account_id };
}

function isIn({ status, eventTypes, ...range }: RedeliverFilter): RawBuilder<boolean> {
  const conditions = [isInState(status), happenedIn('event', range)];
  if (eventTypes !== undefined) {
    conditions.push(sql`event.type = any(${[...eventTypes]}::text[])`);
  }
  return sql`(${sql.join(conditions, sql` and `)})`;
}

function isInState(status: RedeliverState | undefined): RawBuilder<boolean> {
  if (status === undefined) return sql`(delivery.endpoint_id is not null or ${wantsToHear})`;
  return status === 'missing'
    ? sql`(delivery.endpoint_id is null and ${wantsToHear})`
    : sql`delivery.status = ${status}`;
}

/** Answers with the ids of the events, in their order. */
async function send(
  trx: Transaction<Schema>,
  endpointId: string,
  events: RawBuilder<unknown>,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with chosen as materialized (${events}), sent as (
      insert into deliveries (endpoint_id, event_id, next_attempt_at)
      select ${endpointId}::uuid, id, now() from chosen order by id
      on conflict (endpoint_id, event_id) do update
        set status = 'pending', tries = 0, next_attempt_at = now(), ended_at = null
      returning event_id
    ), woken as (
      insert into delivery_wakes (endpoint_id)
      select ${endpointId}::uuid from sent limit 1
    )
    select event_id as id from sent order by 1`.execute(trx);
  return rows.map(({ id }) => id);
}
