import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { TRANSACTION_COLUMNS } from './transaction-columns.ts';

/** One transaction of an account, removed or not. */
export async function findTransaction(db: Database, accountId: string, id: string) {
  return await db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .select(TRANSACTION_COLUMNS)
    .executeTakeFirst();
}

export type TransactionChangeRow = Awaited<ReturnType<typeof listTransactionChanges>>[number];

/** What changed in a transaction since it was first seen, newest first. */
export async function listTransactionChanges(db: Database, transactionId: string, limit: number) {
  return await db
    .selectFrom('transaction_changes')
    .where('transaction_id', '=', transactionId)
    .orderBy('id', 'desc')
    .limit(limit)
    // As text: what reads it decides how its numbers are read.
    .select(['kind', sql<string>`fields::text`.as('fields'), 'changed_at', 'sync_run_id'])
    .execute();
}
