import type { Database } from './connect.ts';

export type SyncRunRow = Awaited<ReturnType<typeof listSyncRuns>>[number];

/** An account's syncs, newest first, before the one with the id `before`. */
export async function listSyncRuns(
  db: Database,
  filter: {
    readonly accountId: string;
    readonly limit: number;
    readonly before?: string | undefined;
  },
) {
  let query = db.selectFrom('sync_runs').where('account_id', '=', filter.accountId);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  return await query.orderBy('id', 'desc').limit(filter.limit).selectAll().execute();
}
