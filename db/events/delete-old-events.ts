import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DealtWith } from '../webhooks/dealt-with.ts';

export interface OldEvents {
  readonly days: number;
  readonly most: number;
  /** Only those behind this one, so that none is looked at again that has to stay. */
  readonly after: string | null;
}

/**
 * Deletes at most `most` of the events of more than `days` days ago, the oldest first, with their deliveries and
 * attempts. One that waits for an endpoint stays, but not for one that has been disabled for as long.
 */
export async function deleteOldEvents(
  db: Database,
  { days, most, after }: OldEvents,
): Promise<DealtWith<string>> {
  const before = sql`now() - ${days} * interval '1 day'`;
  // An id begins with the time, in milliseconds, at which it was made: a moment before or after the event's own.
  const { rows } = await sql<{ id: string }>`
    with old as materialized (
      select event.id from events event
      where event.id < (
          lpad(to_hex(floor(extract(epoch from ${before}) * 1000)::bigint + 1000), 12, '0')
          || '70008000000000000000'
        )::uuid
        and event.created_at < ${before}
        and ${after ? sql`event.id > ${after}::uuid` : sql`true`}
        and not exists (
          select from deliveries delivery
          join webhook_endpoints endpoint on endpoint.id = delivery.endpoint_id
          where delivery.event_id = event.id and delivery.status = 'pending'
            and endpoint.deleted_at is null
            and (endpoint.status = 'enabled' or endpoint.status_changed_at >= ${before})
        )
      order by event.id
      limit ${most}
      for update skip locked
    ), deleted as (
      delete from events where id = any(array(select id from old))
    )
    select id from old order by id`.execute(db);
  return { rows: rows.length, last: rows.at(-1)?.id ?? null };
}
