import { sql } from 'kysely';
import type { Database } from './connect.ts';

export interface TransactionPosition {
  /** With microseconds, as Postgres writes it. */
  readonly transactedAt: string;
  readonly id: string;
}

export interface TransactionFilter {
  readonly accountId: string;
  readonly limit: number;
  readonly includeRemoved: boolean;
  /** The last one of the page before. */
  readonly after: TransactionPosition | null;
}

export type TransactionRow = Awaited<ReturnType<typeof listTransactions>>[number];

/** An account's transactions, newest first. */
export async function listTransactions(db: Database, filter: TransactionFilter) {
  const { after } = filter;
  let query = db.selectFrom('transactions').where('account_id', '=', filter.accountId);
  if (!filter.includeRemoved) query = query.where('removed_at', 'is', null);
  if (after) {
    query = query.where(
      sql<boolean>`(transacted_at, id) < (${after.transactedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query
    .orderBy('transacted_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .select([
      'id',
      'account_id',
      'provider_transaction_id',
      'status',
      'amount',
      'currency',
      'description',
      'counterparty',
      'category',
      'transacted_at',
      'booked_at',
      'running_balance',
      'removed_at',
      'first_seen_at',
      'changed_at',
    ])
    .select(sql<string>`transacted_at::text`.as('position'))
    .execute();
}
