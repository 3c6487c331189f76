import { sql, type Transaction } from 'kysely';
import { isOfOneAccount } from '../../config/account-code.ts';
import type { Product } from '../../config/product.ts';
import type { Database } from '../connect.ts';
import { learnt, type ConsentFound } from '../consents/consent.ts';
import { findConsent } from '../consents/find-consent.ts';
import { recordEvent } from '../events/record-event.ts';
import type { Schema, SyncTrigger } from '../schema.ts';

export interface SyncRunFailure {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly product: Product;
  readonly triggers: readonly SyncTrigger[];
  readonly errorKind: string;
  readonly errorCode: string;
  /** What was known of the consent when the sync began. */
  readonly consentVersion: number;
}

export interface SyncRunFailed {
  /** How the consent stands, where the failure tells of it or the account is unlinked; else null. */
  readonly consent: ConsentFound | null;
  /** The connection whose consent it has changed. */
  readonly changedConnection: string | null;
}

/**
 * Records that a sync was given up. A run that has committed after all stays succeeded; one that never
 * began is recorded too. A failure that asks for a new log-in, or tells that the consent has ended, is
 * noted on the connection, unless something newer is known of its consent.
 */
export async function failSyncRun(db: Database, failure: SyncRunFailure): Promise<SyncRunFailed> {
  const { accountId } = failure;
  return await db.transaction().execute(async (trx) => {
    // The lock orders this against a commit of an attempt that was thought dead.
    const account = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId)
      .where('unlinked_at', 'is', null)
      .select('connection_id')
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!account) return { consent: { status: 'unlinked', version: 0 }, changedConnection: null };
    const { connection_id: connectionId } = account;
    await recordRun(trx, connectionId, failure);
    const status = consentAfter(failure);
    if (!status) return { consent: null, changedConnection: null };
    const changed = await trx
      .updateTable('connections')
      .set(learnt(status, failure.errorCode))
      .where('id', '=', connectionId)
      .where('consent_version', '=', failure.consentVersion)
      .where('status', 'in', ['active', 'reauth_required', 'gone'])
      .where('status', '!=', status)
      .returning('id')
      .executeTakeFirst();
    const consent = await findConsent(trx, connectionId);
    return { consent, changedConnection: changed?.id ?? null };
  });
}

/** Recorded again, it is no other failure. */
async function recordRun(
  trx: Transaction<Schema>,
  connectionId: string,
  failure: SyncRunFailure,
): Promise<void> {
  const { accountId, product, errorKind, errorCode } = failure;
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
      conflict.column('id').doUpdateSet(end).where('sync_runs.status', '=', 'running'),
    )
    .returning('id')
    .executeTakeFirst();
  if (!failed) return;
  await trx
    .updateTable('accounts')
    .set(
      product === 'balance'
        ? { balance_error_code: errorCode }
        : { transactions_error_code: errorCode },
    )
    .where('id', '=', accountId)
    .execute();
  await recordEvent(trx, {
    type: `${product}.failed`,
    connectionId,
    accountId,
    sync: { id: failure.syncRunId, triggers: failure.triggers },
    data: { error_kind: errorKind, error_code: errorCode },
  });
}

/** What the failure tells of the consent; null: nothing. */
function consentAfter({ errorKind, errorCode }: SyncRunFailure): 'reauth_required' | 'gone' | null {
  if (errorKind === 'reauth') return 'reauth_required';
  return errorKind === 'gone' && !isOfOneAccount(errorCode) ? 'gone' : null;
}
