import { hash } from 'node:crypto';
import type { ProviderTransaction } from '../../providers/provider.ts';

/**
 * Equal for equal versions of a transaction with equal content, and for no others: 128 bits of
 * SHA-256, in the form of a UUID. The raw JSON is not in it.
 */
export function fingerprintOf(transaction: ProviderTransaction): string {
  // A list, not the object: its text does not depend on the order in which a provider sets fields.
  const text = JSON.stringify([
    transaction.status,
    transaction.amount,
    transaction.currency,
    transaction.description,
    transaction.counterparty,
    transaction.category,
    transaction.transactedAt,
    transaction.bookedAt,
    transaction.valueDate,
    transaction.runningBalance,
    transaction.pendingProviderTransactionId,
    transaction.providerUpdatedAt,
  ]);
  return hash('sha256', text, 'hex').slice(0, 32);
}
