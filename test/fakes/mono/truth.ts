import { iso } from './clock.ts';
import { newId } from './ids.ts';
import type { Account, Currency, Transaction } from './types.ts';
import type { World } from './world.ts';

export interface NewTransaction {
  readonly id?: string;
  readonly narration?: string;
  /** In minor units. */
  readonly amount: number;
  /** `debit` when not given. */
  readonly type?: 'debit' | 'credit';
  /** The account's balance after it when not given. */
  readonly balance?: number | null;
  /** Now when not given. */
  readonly date?: string;
  readonly category?: string | null;
}

export interface Truth {
  readonly currency: Currency;
  readonly balance: number;
  /** Newest first. */
  readonly transactions: readonly Transaction[];
}

/** The bank's truth, which Mono shows only after an extraction. */
export function truthOf(account: Account): Truth {
  return {
    currency: account.currency,
    balance: account.balance,
    transactions: newestFirst([...account.transactions.values()]),
  };
}

export function addTransaction(world: World, account: Account, made: NewTransaction): Transaction {
  const { amount, type = 'debit' } = made;
  account.balance += signed({ amount, type });
  const row: Transaction = {
    id: made.id ?? newId(),
    narration: made.narration ?? 'NIP TRANSFER',
    amount,
    type,
    balance: made.balance === undefined ? account.balance : made.balance,
    date: made.date ?? iso(world.now()),
    category: made.category === undefined ? 'unknown' : made.category,
  };
  account.transactions.set(row.id, row);
  return row;
}

/** The balance of the account follows a change of the amount; the balances of rows stay. */
export function editTransaction(
  account: Account,
  id: string,
  change: Partial<Omit<Transaction, 'id'>>,
): Transaction {
  const row = rowOf(account, id);
  const next = { ...row, ...change };
  account.balance += signed(next) - signed(row);
  account.transactions.set(id, next);
  return next;
}

export function removeTransaction(account: Account, id: string): void {
  account.balance -= signed(rowOf(account, id));
  account.transactions.delete(id);
}

export function newestFirst(rows: readonly Transaction[]): readonly Transaction[] {
  return rows.toSorted(byDateDescending);
}

function byDateDescending(a: Transaction, b: Transaction): number {
  return Date.parse(b.date) - Date.parse(a.date) || (a.id < b.id ? -1 : 1);
}

function rowOf(account: Account, id: string): Transaction {
  const row = account.transactions.get(id);
  if (row === undefined) throw new Error(`account ${account.id} has no transaction ${id}`);
  return row;
}

function signed({ amount, type }: Pick<Transaction, 'amount' | 'type'>): number {
  return type === 'credit' ? amount : -amount;
}
