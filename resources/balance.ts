import { z } from 'zod';
import type { findBalance } from '../db/balances/find-balance.ts';
import { decimal, id, timestamp } from './fields.ts';

export const amounts = z.object({
  available: decimal.nullable().describe('What can be spent now.'),
  current: decimal.nullable().describe('What the bank’s ledger holds, pending items not counted.'),
  limit: decimal.nullable(),
  currency: z.string(),
});

export const dataAsOf = timestamp.describe('When the bank says that this was true.');

/** A balance without word of its freshness. */
export const storedBalance = z
  .object({ account_id: id, ...amounts.shape, data_as_of: dataAsOf, changed_at: timestamp })
  .meta({ ref: 'StoredBalance' });

export type StoredBalance = z.infer<typeof storedBalance>;

type BalanceRow = NonNullable<Awaited<ReturnType<typeof findBalance>>>;

/** @param row may have more columns than are shown. */
export function toStoredBalance(row: BalanceRow & { readonly account_id: string }): StoredBalance {
  return {
    account_id: row.account_id,
    ...toAmounts(row),
    data_as_of: row.data_as_of.toISOString(),
    changed_at: row.changed_at.toISOString(),
  };
}

export function toAmounts(
  row: Pick<BalanceRow, 'available' | 'current' | 'credit_limit' | 'currency'>,
): z.infer<typeof amounts> {
  const { available, current, credit_limit: limit, currency } = row;
  return { available, current, limit, currency };
}
