import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** A number of our own choice, which nothing else locks. */
const LOCK = 4_400_100_001;

/** Runs in one statement. */
const MOST = 1_000;

/**
 * Gives committed syncs that changed something their places in the change feed. Whoever reads the
 * feed calls this first: whatever was committed before the call has its place after it, behind every
 * place that anybody can have seen. Nearly free when there is nothing to do. Answers whether
 * everything has its place; false when there was more than one call takes on.
 *
 * A place is given after the commit, one giver at a time, since a number drawn inside the sync's own
 * transaction could become visible after a higher one: a consumer would have passed it already.
 */
export async function positionChanges(db: Database): Promise<boolean> {
  const waiting = await sql<{ any: boolean }>`
    select exists (
      select from sync_runs
      where change_position is null and status = 'succeeded' and added + changed + removed > 0
    ) as any`.execute(db);
  if (!waiting.rows[0]?.any) return true;
  return await db
    .transaction()
    // Each statement sees what is committed when it starts: here, when the lock was got.
    .setIsolationLevel('read committed')
    .execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(trx);
      const { numAffectedRows } = await sql`
        with waiting as (
          select id, finished_at from sync_runs
          where change_position is null and status = 'succeeded' and added + changed + removed > 0
          order by id limit ${MOST}
        ), placed as materialized (
          select id, nextval('change_positions') as position
          from (select id from waiting order by finished_at, id) in_order
        )
        update sync_runs set change_position = placed.position
        from placed where sync_runs.id = placed.id`.execute(trx);
      return Number(numAffectedRows ?? 0n) < MOST;
    });
}
