import { randomUUID } from 'node:crypto';
import { beginSyncRun } from '../../db/syncs/begin-sync-run.ts';
import {
  commitTransactions,
  type TransactionsCommit,
} from '../../db/transactions/commit-transactions.ts';
import type { Database } from '../../db/connect.ts';
import type { SyncCounts } from '../../db/syncs/finish-sync-run.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { stageTransactions } from '../../db/transactions/stage-transactions.ts';
import type { ProviderTransaction } from '../../providers/provider.ts';

/** A transaction of some provider, with what a test does not care about filled in. */
export function transactionOf(
  given: Partial<ProviderTransaction> & { readonly providerTransactionId: string },
): ProviderTransaction {
  const status = given.status ?? 'posted';
  const transactedAt = given.transactedAt ?? '2026-03-10T12:00:00.000Z';
  const made: ProviderTransaction = {
    status,
    amount: '-10.00',
    currency: 'NGN',
    description: 'Market',
    counterparty: null,
    category: null,
    transactedAt,
    bookedAt: status === 'pending' ? null : transactedAt,
    valueDate: null,
    runningBalance: null,
    pendingProviderTransactionId: null,
    providerUpdatedAt: '2026-03-10T12:00:00.000Z',
    raw: '{}',
    ...given,
  };
  return made;
}

export const everything = { from: null, to: null };

/** Stages rows and commits them as one sync of an account that is in the database. */
export async function stagedCommit(
  db: Database,
  accountId: string,
  transactions: readonly ProviderTransaction[],
  options: Partial<TransactionsCommit> = {},
): Promise<SyncCounts> {
  const stage = { stageId: randomUUID(), accountId };
  const syncRunId = await newId(db);
  await beginSyncRun(db, {
    id: syncRunId,
    accountId,
    product: 'transaction',
    triggers: ['schedule'],
    scope: 'full',
  });
  await stageTransactions(db, stage, transactions);
  const readAsOf = options.readAsOf ?? '2026-04-01T00:00:00.000Z';
  return await commitTransactions(db, {
    ...stage,
    syncRunId,
    staged: transactions.length,
    rejected: [],
    removals: [],
    complete: null,
    readAsOf,
    dataAsOf: readAsOf,
    cursor: null,
    webhookIds: [],
    nextSyncAt: null,
    ...options,
  });
}

/** An account of its own, of no bank, in a database that is there. */
export async function bareAccount(db: Database): Promise<string> {
  const connection = await db
    .insertInto('connections')
    .values({ provider: 'none', provider_connection_id: randomUUID() })
    .returning('id')
    .executeTakeFirstOrThrow();
  const account = await db
    .insertInto('accounts')
    .values({
      connection_id: connection.id,
      provider: 'none',
      provider_account_id: randomUUID(),
      currency: 'NGN',
      products: ['balance', 'transaction'],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return account.id;
}
