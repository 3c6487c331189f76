import { z } from 'zod';
import { INTERVAL_MS } from '../../config/interval.ts';
import type { Product } from '../../config/product.ts';
import type { AccountRow } from '../../db/list-accounts.ts';
import { timestamp } from './common.ts';

export const freshness = z.object({
  data_as_of: timestamp.nullable().describe('When the bank says that the data was true.'),
  last_synced_at: timestamp.nullable().describe('When we last asked the bank, or were told by it.'),
  stale: z
    .boolean()
    .describe('Whether it is older than two intervals (a day where there is none).'),
  error_code: z.string().nullable().describe('Why the last sync failed; null when it succeeded.'),
});

const SLACK_MS = 60_000;

export function freshnessOf(
  row: Pick<
    AccountRow,
    | 'refresh_interval'
    | 'products'
    | 'balance_as_of'
    | 'balance_synced_at'
    | 'balance_error_code'
    | 'transactions_as_of'
    | 'transactions_synced_at'
    | 'transactions_error_code'
  >,
  product: Product,
): z.infer<typeof freshness> {
  const [asOf, syncedAt, errorCode] =
    product === 'balance'
      ? [row.balance_as_of, row.balance_synced_at, row.balance_error_code]
      : [row.transactions_as_of, row.transactions_synced_at, row.transactions_error_code];
  const tolerated = row.refresh_interval
    ? 2 * INTERVAL_MS[row.refresh_interval]
    : INTERVAL_MS.daily;
  return {
    data_as_of: asOf?.toISOString() ?? null,
    last_synced_at: syncedAt?.toISOString() ?? null,
    stale:
      row.products.includes(product) &&
      (!syncedAt || Date.now() - syncedAt.getTime() > tolerated + SLACK_MS),
    error_code: errorCode,
  };
}
