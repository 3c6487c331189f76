import { day } from '../clock.ts';
import { plaidId } from '../ids.ts';
import { takeOver } from '../items/take-over.ts';
import { wireAmount } from '../wire.ts';
import type { World } from '../world.ts';
import type { BankAccount, BankTransaction, Decimal } from './types.ts';

/** What a test says of a transaction; the rest is filled in. */
export interface TransactionToBook {
  /** Plaid's sign: positive is money out. */
  readonly amount: Decimal;
  /** `YYYY-MM-DD`; today when left out. */
  readonly date?: string;
  readonly authorizedDate?: string | null;
  readonly datetime?: string | null;
  readonly name?: string;
  readonly merchantName?: string | null;
  readonly originalDescription?: string | null;
  readonly paymentChannel?: BankTransaction['paymentChannel'];
  readonly category?: BankTransaction['category'];
  readonly code?: BankTransaction['code'];
  readonly checkNumber?: string | null;
}

export function bookTransaction(
  world: World,
  account: BankAccount,
  asked: TransactionToBook,
  rest: Pick<BankTransaction, 'pending' | 'posts'>,
): BankTransaction {
  const transaction: BankTransaction = {
    id: `bank-transaction-${plaidId()}`,
    bankAccountId: account.id,
    currency: account.currency,
    ...described(world, asked),
    ...rest,
  };
  return enter(world, account, transaction);
}

/** The same facts under another id of the bank: what Plaid's reconciliation may make of a row. */
export function bookAgain(
  world: World,
  account: BankAccount,
  transaction: BankTransaction,
): BankTransaction {
  return enter(world, account, { ...transaction, id: `bank-transaction-${plaidId()}` });
}

function enter(world: World, account: BankAccount, transaction: BankTransaction): BankTransaction {
  account.transactions.set(transaction.id, transaction);
  world.bankTransactions.set(transaction.id, transaction);
  takeOver(world, account.id, { kind: 'added', transaction });
  return transaction;
}

export function modifyTransaction(
  world: World,
  account: BankAccount,
  transaction: BankTransaction,
  changes: Partial<TransactionToBook>,
): void {
  if (changes.amount !== undefined) wireAmount(changes.amount);
  const modified = { ...transaction, ...changes };
  account.transactions.set(transaction.id, modified);
  world.bankTransactions.set(transaction.id, modified);
  takeOver(world, account.id, { kind: 'modified', transaction: modified });
}

/** A removed transaction stays known, so that it can be posted or named later. */
export function removeTransaction(
  world: World,
  account: BankAccount,
  transaction: BankTransaction,
): void {
  if (!account.transactions.delete(transaction.id)) {
    throw new Error(`transaction ${transaction.id} is not in its account any more`);
  }
  takeOver(world, account.id, { kind: 'removed', transaction });
}

function described(
  world: World,
  asked: TransactionToBook,
): Omit<BankTransaction, 'id' | 'bankAccountId' | 'currency' | 'pending' | 'posts'> {
  wireAmount(asked.amount);
  const date = asked.date ?? day(world.clock.now());
  return {
    amount: asked.amount,
    date,
    authorizedDate: asked.authorizedDate === undefined ? date : asked.authorizedDate,
    datetime: asked.datetime ?? null,
    name: asked.name ?? 'Uber 072515 SF**POOL**',
    merchantName: asked.merchantName ?? null,
    originalDescription: asked.originalDescription ?? null,
    paymentChannel: asked.paymentChannel ?? 'online',
    category: asked.category ?? null,
    code: asked.code ?? null,
    checkNumber: asked.checkNumber ?? null,
  };
}
