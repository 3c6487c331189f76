import { z } from 'zod';
import type { findBalance } from '../../db/balances/find-balance.ts';
import type { BalanceHistoryRow } from '../../db/balances/list-balance-history.ts';
import { decimal, id, pageOf, timestamp } from './common.ts';
import { freshness } from './freshness.ts';

const amounts = z.object({
  available: decimal.nullable().describe('What can be spent now.'),
  current: decimal.nullable().describe('What the bank’s ledger holds, pending items not counted.'),
  limit: decimal.nullable(),
  currency: z.string(),
});

const dataAsOf = timestamp.describe('When the bank says that this was true.');

/** A balance without word of its freshness. */
export const storedBalance = z
  .object({ account_id: id, ...amounts.shape, data_as_of: dataAsOf, changed_at: timestamp })
  .meta({ ref: 'StoredBalance' });

export const balance = z
  .object({ account_id: id, ...amounts.shape, changed_at: timestamp })
  .extend(freshness.shape)
  .meta({ ref: 'Balance' });

type BalanceRow = NonNullable<Awaited<ReturnType<typeof findBalance>>>;

export function toStoredBalance(
  row: BalanceRow & { readonly account_id: string },
): z.infer<typeof storedBalance> {
  return {
    account_id: row.account_id,
    ...toAmounts(row),
    data_as_of: row.data_as_of.toISOString(),
    changed_at: row.changed_at.toISOString(),
  };
}

export const pastBalance = z
  .object({
    id: id,
    ...amounts.shape,
    data_as_of: dataAsOf,
    recorded_at: timestamp.describe('When it was stored here.'),
    sync_id: id,
  })
  .meta({ ref: 'PastBalance' });

export const balanceHistoryPage = pageOf(pastBalance)
  .extend(freshness.shape)
  .meta({ ref: 'BalanceHistoryPage' });

export function toPastBalance(row: BalanceHistoryRow): z.infer<typeof pastBalance> {
  return {
    id: row.id,
    ...toAmounts(row),
    data_as_of: row.data_as_of.toISOString(),
    recorded_at: row.recorded_at.toISOString(),
    sync_id: row.sync_run_id,
  };
}

function toAmounts(
  row: Pick<BalanceRow, 'available' | 'current' | 'credit_limit' | 'currency'>,
): z.infer<typeof amounts> {
  const { available, current, credit_limit: limit, currency } = row;
  return { available, current, limit, currency };
}
