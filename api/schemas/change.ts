import { z } from 'zod';
import type { AccountRow } from '../../db/accounts/list-accounts.ts';
import type { ChangeItem } from '../../db/changes/list-changes.ts';
import { storedBalance, toStoredBalance } from '../../resources/balance.ts';
import { id } from '../../resources/fields.ts';
import { toTransaction, transaction } from '../../resources/transaction.ts';
import { freshness, freshnessOf } from './freshness.ts';

const source = {
  account_id: id,
  sync_id: id.describe('The sync that changed it last.'),
};

const change = z
  .discriminatedUnion('type', [
    z
      .object({
        type: z.literal('transaction'),
        change: z
          .enum(['added', 'changed', 'removed'])
          .describe('What its last change was. You may not have seen the earlier ones.'),
        ...source,
        transaction,
      })
      .meta({ ref: 'ChangeOfTransaction' }),
    z
      .object({ type: z.literal('balance'), ...source, balance: storedBalance })
      .meta({ ref: 'ChangeOfBalance' }),
  ])
  .meta({ ref: 'Change' });

const accountFreshness = z.object({
  account_id: id,
  balance: freshness,
  transactions: freshness,
});

export const changePage = z
  .object({
    data: z.array(change),
    next_cursor: z.string().describe('Where to go on: always there, at the end, too.'),
    has_more: z.boolean().describe('Whether to go on at once. There may be, with no data here.'),
    accounts: z.array(accountFreshness).describe('Of the accounts in `data`.'),
  })
  .meta({ ref: 'ChangePage' });

export function toChange(item: ChangeItem): z.infer<typeof change> {
  const { account_id: accountId, sync_id: syncId } = item.row;
  const from = { account_id: accountId, sync_id: syncId };
  if (item.type === 'balance') {
    return { type: 'balance', ...from, balance: toStoredBalance(item.row) };
  }
  const { change } = item.row;
  return { type: 'transaction', change, ...from, transaction: toTransaction(item.row) };
}

export function toAccountFreshness(row: AccountRow): z.infer<typeof accountFreshness> {
  return {
    account_id: row.id,
    balance: freshnessOf(row, 'balance'),
    transactions: freshnessOf(row, 'transaction'),
  };
}
