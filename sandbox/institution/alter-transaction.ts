import type { Money } from '../money.ts';
import type { World } from '../state/world.ts';
import type { Account } from './account.ts';
import { withTransaction, withoutTransaction } from './enter-transactions.ts';
import type { Transaction } from './types.ts';

export interface Alteration {
  readonly amount?: Money;
  readonly description?: string;
  readonly counterparty?: string | null;
  readonly transactedAt?: number;
}

/**
 * Alters a transaction in place. A new amount moves the account's balance and the line's own
 * running balance; the running balances of later lines stay as they were printed.
 */
export function alterTransaction(
  world: World,
  account: Account,
  transaction: Transaction,
  alteration: Alteration,
): Transaction {
  const at = world.tick();
  const amount = alteration.amount ?? transaction.amount;
  const altered: Transaction = {
    ...transaction,
    ...alteration,
    code: amount < 0n ? 'DR' : 'CR',
    balance: transaction.balance + amount - transaction.amount,
    updatedAt: at,
  };
  const { id } = account.details;
  if (amount !== transaction.amount) {
    const pending = transaction.clearedAt === null;
    const without = withoutTransaction(account.funds, transaction, at);
    world.apply({
      op: 'funds',
      account: id,
      funds: withTransaction(without, { amount, pending }, at),
    });
  }
  world.apply({ op: 'transactions', account: id, transactions: [altered] });
  return altered;
}
