import type { ProviderTransaction } from '../../providers/provider.ts';

/** The columns of `transactions` that come from the bank, and their types. */
export const COLUMNS = {
  provider_transaction_id: 'text',
  status: 'text',
  amount: 'numeric',
  currency: 'text',
  description: 'text',
  counterparty: 'text',
  category: 'text',
  transacted_at: 'timestamptz',
  booked_at: 'timestamptz',
  value_date: 'date',
  running_balance: 'numeric',
  pending_provider_transaction_id: 'text',
  provider_updated_at: 'timestamptz',
  raw: 'json',
} as const;

export const COLUMN_NAMES = Object.keys(COLUMNS);

/** A transaction under the names of the columns, in their order. */
export function rowOf(
  transaction: ProviderTransaction,
): Record<keyof typeof COLUMNS, string | null> {
  return {
    provider_transaction_id: transaction.providerTransactionId,
    status: transaction.status,
    amount: transaction.amount,
    currency: transaction.currency,
    description: transaction.description,
    counterparty: transaction.counterparty,
    category: transaction.category,
    transacted_at: transaction.transactedAt,
    booked_at: transaction.bookedAt,
    value_date: transaction.valueDate,
    running_balance: transaction.runningBalance,
    pending_provider_transaction_id: transaction.pendingProviderTransactionId,
    provider_updated_at: transaction.providerUpdatedAt,
    raw: transaction.raw,
  };
}
