import { DAY, day } from '../clock.ts';
import { findItemAccount } from '../find.ts';
import { derivedId } from '../ids.ts';
import type { World } from '../world.ts';
import type { BankTransaction, Decimal } from './types.ts';

/** A transaction as an item's client ought to have it when it has synced everything. */
export interface TrueTransaction {
  readonly transactionId: string;
  readonly bankTransactionId: string;
  /** Plaid's sign: positive is money out. */
  readonly amount: Decimal;
  readonly isoCurrencyCode: string | null;
  readonly unofficialCurrencyCode: string | null;
  readonly date: string;
  readonly name: string;
  readonly pending: boolean;
  readonly pendingTransactionId: string | null;
}

/**
 * What the bank has now of an `account_id`, by date and then by id: also what Plaid has not pulled
 * yet, but not what is older than the item's days.
 */
export function truth(world: World, accountId: string): readonly TrueTransaction[] {
  const found = findItemAccount(world, accountId);
  if (found === null) throw new Error(`there is no account ${accountId}`);
  const { item, account } = found;
  const since = day(item.createdAt - item.daysRequested * DAY);
  const there = world.bankAccounts.get(account.bankAccountId)?.transactions.values() ?? [];
  return [...there]
    .filter(({ id, date }) => date >= since || item.log.has(derivedId(accountId, id)))
    .map((transaction) => trueTransaction(accountId, transaction))
    .toSorted((a, b) => compare(`${a.date}${a.transactionId}`, `${b.date}${b.transactionId}`));
}

function trueTransaction(accountId: string, transaction: BankTransaction): TrueTransaction {
  return {
    transactionId: derivedId(accountId, transaction.id),
    bankTransactionId: transaction.id,
    amount: transaction.amount,
    isoCurrencyCode: transaction.currency.iso,
    unofficialCurrencyCode: transaction.currency.unofficial,
    date: transaction.date,
    name: transaction.name,
    pending: transaction.pending,
    pendingTransactionId:
      transaction.posts === null ? null : derivedId(accountId, transaction.posts),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
