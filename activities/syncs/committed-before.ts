import type { Database } from '../../db/connect.ts';
import { nothingToDo, type SyncDone } from './sync-done.ts';

/** The answer of a sync that finds nothing to do: what an earlier attempt of it has committed, if one has. */
export async function committedBefore(db: Database, syncRunId: string): Promise<SyncDone> {
  const counts = await db
    .selectFrom('sync_runs')
    .where('id', '=', syncRunId)
    .where('status', '=', 'succeeded')
    .select(['fetched', 'added', 'changed', 'removed'])
    .executeTakeFirst();
  return counts ? { counts, more: false } : nothingToDo;
}
