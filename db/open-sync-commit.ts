import type { Transaction } from 'kysely';
import type { SyncCounts } from './finish-sync-run.ts';
import type { Schema } from './schema.ts';

/**
 * The sync has no right to write: its account is unlinked, or the run was recorded as failed in the
 * meantime.
 */
export class SyncRefused extends Error {
  override readonly name = 'SyncRefused';
  readonly code: 'account_unlinked' | 'run_given_up';

  constructor(code: SyncRefused['code']) {
    super(code);
    this.code = code;
  }
}

/**
 * The first part of a sync's transaction. Locks the account, so that an abandoned attempt and its
 * successor come one after the other. Answers with the counts when another attempt has committed
 * already, else null. Throws `SyncRefused`.
 */
export async function openSyncCommit(
  trx: Transaction<Schema>,
  accountId: string,
  syncRunId: string,
): Promise<SyncCounts | null> {
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
