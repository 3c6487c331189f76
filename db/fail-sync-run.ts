import { sql } from 'kysely';
import type { Product } from '../config/product.ts';
import type { Database } from './connect.ts';
import type { SyncTrigger } from './schema.ts';

export interface SyncRunFailure {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly product: Product;
  readonly triggers: readonly SyncTrigger[];
  readonly errorKind: string;
  readonly errorCode: string;
}

/**
 * Records that a sync was given up. A run that has committed after all stays succeeded; one that
 * never began is recorded too. A failure that asks for a new log-in, or tells that the consent has
 * ended, is noted on the connection, and that connection's id is the answer.
 */
export async function failSyncRun(db: Database, failure: SyncRunFailure): Promise<string | null> {
  const { accountId, product, errorKind, errorCode } = failure;
  return await db.transaction().execute(async (trx) => {
    // The lock orders this against a commit of an attempt that was thought dead.
    const account = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId)
      .select(['connection_id', 'unlinked_at'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!account) return null;
    const { connection_id: connectionId } = account;
    const end = {
      status: 'failed' as const,
      finished_at: sql<Date>`now()`,
      error_kind: errorKind,
      error_code: errorCode,
    };
    const failed = await trx
      .insertInto('sync_runs')
      .values({
        id: failure.syncRunId,
        account_id: accountId,
        product,
        triggers: [...failure.triggers],
        scope: 'incremental',
        ...end,
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(end).where('sync_runs.status', '!=', 'succeeded'),
      )
      .returning('id')
      .executeTakeFirst();
    if (!failed) return null;
    await trx
      .updateTable('accounts')
      .set(
        product === 'balance'
          ? { balance_error_code: errorCode }
          : { transactions_error_code: errorCode },
      )
      .where('id', '=', accountId)
      .execute();
    // A code such as `account_unknown` tells of one account, not of the consent.
    const isOfConsent =
      errorKind === 'reauth' || (errorKind === 'gone' && !errorCode.startsWith('account_'));
    if (account.unlinked_at || !isOfConsent) return null;
    await trx
      .updateTable('connections')
      .set({
        status: errorKind === 'reauth' ? 'reauth_required' : 'gone',
        status_code: errorCode,
        status_as_of: sql<Date>`now()`,
        status_changed_at: sql<Date>`now()`,
      })
      .where('id', '=', connectionId)
      .where('status', '=', 'active')
      .execute();
    return connectionId;
  });
}
