import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { EVENT_COLUMNS } from '../events/event-columns.ts';

export type DueDelivery = Awaited<ReturnType<typeof findDue>>[number];

/**
 * What is due at an endpoint, the longest due first.
 * @param except events that are being dealt with.
 */
export async function findDue(
  db: Database,
  endpointId: string,
  { limit, except }: { readonly limit: number; readonly except: readonly string[] },
) {
  return await db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.id', 'deliveries.event_id')
    .where('deliveries.endpoint_id', '=', endpointId)
    .where('deliveries.status', '=', 'pending')
    .where('deliveries.next_attempt_at', '<=', sql<Date>`now()`)
    // As one text: pg would quote each of some hundreds.
    .where(sql<boolean>`deliveries.event_id <> all(${`{${except.join(',')}}`}::uuid[])`)
    .orderBy('deliveries.next_attempt_at')
    .orderBy('deliveries.event_id')
    .limit(limit)
    .select(EVENT_COLUMNS)
    .select('deliveries.tries')
    .execute();
}

/**
 * Milliseconds until something is due at an endpoint, 0 where it is now; null when nothing waits, or the
 * endpoint is disabled. While it rests something may come at any time, for which nobody would be woken: then it is
 * the end of the rest.
 */
export async function timeUntilDue(db: Database, endpointId: string): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from greatest(next.at, endpoint.rest_until, now()) - now())::float8 * 1000 as ms
    from webhook_endpoints endpoint
    left join lateral (
      select next_attempt_at as at from deliveries
      where endpoint_id = endpoint.id and status = 'pending'
      order by next_attempt_at limit 1
    ) next on true
    where endpoint.id = ${endpointId} and endpoint.status = 'enabled' and endpoint.deleted_at is null
      and (next.at is not null or endpoint.rest_until > now())`.execute(db);
  return rows[0] ? Math.ceil(rows[0].ms) : null;
}
