import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import { negate } from '../../money.ts';
import type { ProviderTransaction } from '../../provider.ts';
import { minorUnits, toMajor } from '../amount.ts';
import { id, read, timestamp, words } from '../fields.ts';

const unsigned = minorUnits.refine((value) => !value.startsWith('-'));

const direction = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['debit', 'credit']));

const transaction = z.object({
  id,
  narration: words,
  amount: unsigned,
  type: direction,
  date: timestamp,
  balance: minorUnits.nullish().catch(null),
  category: words,
});

/**
 * A row of a statement: posted, and of the day that the bank wrote. `type` has the sign. Mono tells neither of
 * pending transactions nor when a row was changed.
 */
export function toTransaction(
  value: LosslessJson,
  raw: string,
  currency: string,
): ProviderTransaction {
  const fields = read(transaction, value, 'transaction');
  const amount = toMajor(fields.amount, currency);
  return {
    providerTransactionId: fields.id,
    status: 'posted',
    amount: fields.type === 'debit' ? negate(amount) : amount,
    currency,
    description: fields.narration,
    counterparty: null,
    category: fields.category,
    transactedAt: fields.date,
    bookedAt: fields.date,
    valueDate: null,
    runningBalance: fields.balance == null ? null : toMajor(fields.balance, currency),
    pendingProviderTransactionId: null,
    providerUpdatedAt: null,
    raw,
  };
}
