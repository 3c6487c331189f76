import type { Database } from '../connect.ts';

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
  return await query
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .select([
      'id',
      'account_id',
      'product',
      'triggers',
      'scope',
      'status',
      'attempts',
      'started_at',
      'finished_at',
      'data_as_of',
      'fetched',
      'added',
      'changed',
      'removed',
      'webhooks',
      'quarantined',
      'error_kind',
      'error_code',
    ])
    .execute();
}
