import { sql } from 'kysely';
import type { CalendarDate, Decimal } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { exactTime } from '../exact-time.ts';
import { TRANSACTION_COLUMNS } from './transaction-columns.ts';

export interface TransactionPosition {
  /** With microseconds. */
  readonly transactedAt: string;
  readonly id: string;
}

/** Dates are of UTC; both ends are included. */
export interface TransactionFilter {
  readonly accountId: string;
  readonly includeRemoved?: boolean | undefined;
  readonly status?: 'pending' | 'posted' | undefined;
  readonly transactedFrom?: CalendarDate | undefined;
  readonly transactedTo?: CalendarDate | undefined;
  readonly bookedFrom?: CalendarDate | undefined;
  readonly bookedTo?: CalendarDate | undefined;
  readonly minAmount?: Decimal | undefined;
  readonly maxAmount?: Decimal | undefined;
  /** Found anywhere in the description or the counterparty, in any case. */
  readonly text?: string | undefined;
}

export interface TransactionPageOptions {
  readonly limit: number;
  readonly order: 'newest first' | 'oldest first';
  /** The last one of the page before. */
  readonly after: TransactionPosition | null;
}

export type TransactionRow = Awaited<ReturnType<typeof listTransactions>>[number];

/** A page of an account's transactions, by `transacted_at`, then by id. */
export async function listTransactions(
  db: Database,
  filter: TransactionFilter,
  { limit, order, after }: TransactionPageOptions,
) {
  const direction = order === 'newest first' ? 'desc' : 'asc';
  let query = matching(db, filter);
  if (after) {
    const beyond = sql.raw(direction === 'desc' ? '<' : '>');
    query = query.where(
      sql<boolean>`(transacted_at, id) ${beyond} (${after.transactedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query
    .orderBy('transacted_at', direction)
    .orderBy('id', direction)
    .limit(limit)
    .select(TRANSACTION_COLUMNS)
    .select(exactTime('transacted_at').as('position'))
    .execute();
}

function matching(db: Database, filter: TransactionFilter) {
  const { status, transactedFrom, transactedTo, bookedFrom, bookedTo } = filter;
  const { minAmount, maxAmount, text } = filter;
  let query = db.selectFrom('transactions').where('account_id', '=', filter.accountId);
  if (!filter.includeRemoved) query = query.where('removed_at', 'is', null);
  if (status !== undefined) query = query.where('status', '=', status);
  if (transactedFrom !== undefined) {
    query = query.where(
      sql<boolean>`transacted_at >= ${transactedFrom}::date::timestamp at time zone 'utc'`,
    );
  }
  if (transactedTo !== undefined) {
    query = query.where(
      sql<boolean>`transacted_at < (${transactedTo}::date + 1)::timestamp at time zone 'utc'`,
    );
  }
  if (bookedFrom !== undefined) query = query.where('booked_date', '>=', bookedFrom);
  if (bookedTo !== undefined) query = query.where('booked_date', '<=', bookedTo);
  if (minAmount !== undefined) query = query.where('amount', '>=', minAmount);
  if (maxAmount !== undefined) query = query.where('amount', '<=', maxAmount);
  if (text !== undefined) {
    // Not `ilike`: that folds as the database's locale does, and takes % and _ for wildcards.
    const wanted = sql`casefold(${text}::text collate pg_unicode_fast)`;
    query = query.where(
      sql<boolean>`(strpos(casefold(description collate pg_unicode_fast), ${wanted}) > 0
        or strpos(casefold(counterparty collate pg_unicode_fast), ${wanted}) > 0)`,
    );
  }
  return query;
}
