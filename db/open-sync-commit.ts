import { sql, type Transaction } from 'kysely';
import type { SyncRunStart } from './begin-sync-run.ts';
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
 *
 * @param start of a sync that has not been recorded as begun; it is now, in the same transaction.
 */
export async function openSyncCommit(
  trx: Transaction<Schema>,
  accountId: string,
  syncRunId: string,
  start?: SyncRunStart,
): Promise<SyncCounts | null> {
  if (start && (await beginUnderLock(trx, start))) return null;
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

/**
 * Locks the account and records the run in one statement; the lock comes first, as it does where a sync
 * is given up. Answers false, and why is to be found out, when the account is unlinked or the run has
 * ended.
 */
async function beginUnderLock(trx: Transaction<Schema>, run: SyncRunStart): Promise<boolean> {
  const { rows } = await sql`
    with locked as materialized (
      select id from accounts where id = ${run.accountId} and unlinked_at is null for no key update
    )
    insert into sync_runs (id, account_id, product, triggers, scope)
    select ${run.id}::uuid, locked.id, ${run.product}, ${[...run.triggers]}::text[], ${run.scope} from locked
    on conflict (id) do update set attempts = sync_runs.attempts + 1, scope = excluded.scope
      where sync_runs.status = 'running'
    returning id`.execute(trx);
  return rows.length > 0;
}
