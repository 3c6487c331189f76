import { z } from 'zod';
import type { BalanceHistoryRow } from '../../db/balances/list-balance-history.ts';
import { amounts, dataAsOf, toAmounts } from '../../resources/balance.ts';
import { id, timestamp } from '../../resources/fields.ts';
import { pageOf } from './common.ts';
import { freshness } from './freshness.ts';

export const balance = z
  .object({ account_id: id, ...amounts.shape, changed_at: timestamp })
  .extend(freshness.shape)
  .meta({ ref: 'Balance' });

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
