import { sql, type Transaction } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Schema, SyncTrigger } from '../schema.ts';
import { deliveriesOfEvents, wakesOfDeliveries } from './outbox.ts';

export interface NewEvent {
  readonly type: EventType;
  /** Absent: it is about a webhook endpoint. */
  readonly connectionId?: string;
  readonly accountId?: string;
  readonly sync?: { readonly id: string; readonly triggers: readonly SyncTrigger[] };
  /** Ids, counts, states and codes: nothing of what the bank told. */
  readonly data?: object;
}

/** Records what happens, with its deliveries, in the transaction in which it does. */
export async function recordEvent(trx: Transaction<Schema>, event: NewEvent): Promise<void> {
  await recordEvents(trx, [event]);
}

/** As `recordEvent`. Events of one account are numbered in this order; its row is locked. */
export async function recordEvents(
  trx: Transaction<Schema>,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ type, connectionId, accountId, sync, data }, place) => ({
    place,
    type,
    connection_id: connectionId,
    account_id: accountId,
    sync_run_id: sync?.id,
    triggers: sync?.triggers,
    data: data ?? {},
  }));
  await sql`
    with given as (
      select *, row_number() over (partition by account_id order by place) as nth
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (place int, type text,
        connection_id uuid, account_id uuid, sync_run_id uuid, triggers text[], data jsonb)
    ), account as (
      update accounts set event_sequence = event_sequence + events
      from (
        select account_id, count(*) as events from given where account_id is not null group by account_id
      ) of_account
      where accounts.id = of_account.account_id
      returning accounts.id, old.event_sequence as last
    ), event as (
      insert into events (type, connection_id, account_id, sequence, sync_run_id, triggers, data)
      select type, connection_id, account_id, account.last + nth, sync_run_id, triggers, data
      from given left join account on account.id = given.account_id
      order by place
      returning id, type, account_id, data, created_at
    ), delivered as ${deliveriesOfEvents}
    ${wakesOfDeliveries}`.execute(trx);
}
