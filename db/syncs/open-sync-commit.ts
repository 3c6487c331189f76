import type { Transaction } from 'kysely';
import { insertSyncRun, type SyncRunStart } from './begin-sync-run.ts';
import type { SyncCounts } from './finish-sync-run.ts';
import type { Schema } from '../schema.ts';
import { SyncRefused } from './sync-refused.ts';

export { SyncRefused };

/**
 * The first part of a sync's transaction. Locks the account, so that an abandoned attempt and its
 * successor come one after the other. Answers with the counts when another attempt has committed
 * already, else null. Throws `SyncRefused`.
 *
 * @param start of a sync that has not been recorded as begun; it is now, in the same transaction.
 */
export async function openSyncCommit(
  trx: Transaction<Schema>,
  accountId: string,
  syncRunId: string,
  start?: SyncRunStart,
): Promise<SyncCounts | null> {
  if (start && (await insertSyncRun(trx, start))) return null;
  const account = await trx
    .selectFrom('accounts')
    .where('id', '=', accountId)
    .select('unlinked_at')
    // Not `for update`: webhooks that come meanwhile refer to the row.
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!account || account.unlinked_at) throw new SyncRefused('account_unlinked');
  const run = await trx
    .selectFrom('sync_runs')
    .where('id', '=', syncRunId)
    .select(['status', 'fetched', 'added', 'changed', 'removed'])
    .executeTakeFirst();
  if (!run || run.status === 'failed') throw new SyncRefused('run_given_up');
  if (run.status === 'running') return null;
  const { fetched, added, changed, removed } = run;
  return { fetched, added, changed, removed };
}
