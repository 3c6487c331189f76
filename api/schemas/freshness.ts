import { z } from 'zod';
import type { Product } from '../../config/product.ts';
import type { AccountRow } from '../../db/accounts/list-accounts.ts';
import { timestamp } from './common.ts';

export const freshness = z.object({
  data_as_of: timestamp.nullable().describe('When the bank says that the data was true.'),
  last_synced_at: timestamp.nullable().describe('When we last asked the bank, or were told by it.'),
  stale: z
    .boolean()
    .describe(
      'Whether last_synced_at (or the link, where it is null) is longer ago than two effective intervals and two minutes. False where nothing is to be refreshed by itself: no interval, paused by you, unlinked.',
    ),
  error_code: z.string().nullable().describe('Why the last sync failed; null when it succeeded.'),
});

export function freshnessOf(
  row: Pick<
    AccountRow,
    | 'balance_as_of'
    | 'balance_synced_at'
    | 'balance_stale'
    | 'balance_error_code'
    | 'transactions_as_of'
    | 'transactions_synced_at'
    | 'transactions_stale'
    | 'transactions_error_code'
  >,
  product: Product,
): z.infer<typeof freshness> {
  const [asOf, syncedAt, stale, errorCode] =
    product === 'balance'
      ? [row.balance_as_of, row.balance_synced_at, row.balance_stale, row.balance_error_code]
      : [
          row.transactions_as_of,
          row.transactions_synced_at,
          row.transactions_stale,
          row.transactions_error_code,
        ];
  return {
    data_as_of: asOf?.toISOString() ?? null,
    last_synced_at: syncedAt?.toISOString() ?? null,
    stale,
    error_code: errorCode,
  };
}
