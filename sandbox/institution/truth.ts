import { iso } from '../clock.ts';
import { formatMoney } from '../money.ts';
import { available, type Account } from './account.ts';
import type { Transaction } from './types.ts';

/**
 * What a perfectly fresh mirror of an account would hold, whatever was extracted of it. Newest
 * transaction first.
 */
export function truthOf(account: Account, options: { readonly transactions: boolean }) {
  const { details, funds, live, removed } = account;
  const { id, customerId, bankId, nuban, name, type, currency } = details;
  const transactions = options.transactions ? [...live.values()].sort(newestFirst) : [];
  return {
    account: { id, customer: customerId, bank: bankId, nuban, name, type, currency },
    balance: {
      ledger: formatMoney(funds.ledger),
      available: formatMoney(available(funds)),
      currency,
      as_of: iso(funds.changedAt),
    },
    transaction_count: live.size,
    ...(options.transactions && {
      transactions: transactions.map((transaction) => truthOfTransaction(transaction, currency)),
      removed: [...removed.keys()],
    }),
    unseen: account.dirty.size,
  };
}

/** A transaction as the control API shows it: the amount signed, positive for money in. */
export function truthOfTransaction(transaction: Transaction, currency: string) {
  const { clearedAt } = transaction;
  return {
    id: transaction.id,
    amount: formatMoney(transaction.amount),
    currency,
    status: clearedAt === null ? 'pending' : 'posted',
    trans_date: iso(transaction.transactedAt),
    cleared_date: clearedAt === null ? null : iso(clearedAt),
    description: transaction.description,
    counterparty: transaction.counterparty,
    running_balance: formatMoney(transaction.balance),
    ref: transaction.ref,
    pending_id: transaction.pendingId,
    last_updated: iso(transaction.updatedAt),
  };
}

function newestFirst(a: Transaction, b: Transaction): number {
  return b.transactedAt - a.transactedAt || (a.id < b.id ? 1 : -1);
}
