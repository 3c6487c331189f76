import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../connect.ts';

/** Deliveries in one statement: few enough that those who record attempts do not wait long. */
const MOST = 10_000;

/**
 * Cancels what waits for endpoints that were deleted, so much of it at a time. Locked in the order in which those lock who
 * record attempts. Answers whether there may be more.
 */
export async function cancelWaiting(
  db: Pick<Database, 'getExecutor'>,
  endpoints: RawBuilder<unknown>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with waiting as materialized (
      select endpoint_id, event_id from deliveries
      where status = 'pending' and endpoint_id = any(array(${endpoints}))
      order by endpoint_id, event_id
      limit ${MOST}
      for no key update
    )
    update deliveries set status = 'cancelled', next_attempt_at = null, ended_at = now()
    from waiting
    where deliveries.status = 'pending'
      and deliveries.endpoint_id = waiting.endpoint_id and deliveries.event_id = waiting.event_id
  `.execute(db);
  return Number(numAffectedRows ?? 0n) === MOST;
}
