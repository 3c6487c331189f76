import { expect } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { eventually } from './eventually.ts';
import type { TestBank, Truth } from './start-bank.ts';

interface Mirrored {
  readonly balance: { readonly current: string | null; readonly available: string | null } | null;
  readonly transactions: readonly Record<string, string | null>[];
}

/** The tables' rows of one account, in the words of the bank's truth. */
export async function mirrorOf(db: Database, accountId: string): Promise<Mirrored> {
  const balance = await db
    .selectFrom('balances')
    .where('account_id', '=', accountId)
    .select(['current', 'available'])
    .executeTakeFirst();
  const transactions = await db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .orderBy('provider_transaction_id')
    .selectAll()
    .execute();
  return {
    balance: balance
      ? { current: plain(balance.current), available: plain(balance.available) }
      : null,
    transactions: transactions.map((row) => ({
      id: row.provider_transaction_id,
      amount: plain(row.amount),
      currency: row.currency,
      status: row.status,
      description: row.description,
      counterparty: row.counterparty,
      trans_date: row.transacted_at.toISOString(),
      cleared_date: row.booked_at?.toISOString() ?? null,
      running_balance: plain(row.running_balance),
    })),
  };
}

/** What `mirrorOf` must be when nothing is missing and nothing is wrong. */
export function asMirrored(truth: Truth): Mirrored {
  return {
    balance: { current: plain(truth.balance.ledger), available: plain(truth.balance.available) },
    transactions: [...truth.transactions]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((one) => ({
        id: one.id,
        amount: plain(one.amount),
        currency: one.currency,
        status: one.status,
        description: one.description,
        counterparty: one.counterparty,
        trans_date: one.trans_date,
        cleared_date: one.cleared_date,
        running_balance: plain(one.running_balance),
      })),
  };
}

/** Waits until the tables equal the bank's truth, and says how they differ when they do not. */
export async function expectTruth(
  db: Database,
  bank: TestBank,
  ids: { readonly account: string; readonly bank: string },
  timeoutMs = 15_000,
): Promise<void> {
  const isTrue = async (): Promise<boolean> => {
    const [mirror, truth] = await Promise.all([mirrorOf(db, ids.account), bank.truth(ids.bank)]);
    return JSON.stringify(mirror) === JSON.stringify(asMirrored(truth));
  };
  await eventually(isTrue, { timeoutMs }).catch(() => undefined);
  expect(await mirrorOf(db, ids.account)).toEqual(asMirrored(await bank.truth(ids.bank)));
}

/** A decimal without the zeros that say nothing, so that `10.50` and `10.5` are one number. */
function plain(decimal: string): string;
function plain(decimal: string | null): string | null;
function plain(decimal: string | null): string | null {
  if (decimal === null || !decimal.includes('.')) return decimal;
  return decimal.replace(/\.?0+$/, '');
}
