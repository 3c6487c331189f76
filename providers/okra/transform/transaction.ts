import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import { isZero, negate } from '../../money.ts';
import type { Decimal, ProviderTransaction } from '../../provider.ts';
import { okraError } from '../errors.ts';
import {
  currency,
  id,
  optionalDecimal,
  read,
  reference,
  requireId,
  timestamp,
  text,
} from '../fields.ts';

const transaction = z.object({
  _id: id.nullish(),
  id: id.nullish(),
  debit: optionalDecimal,
  credit: optionalDecimal,
  currency,
  trans_date: timestamp,
  cleared_date: z.preprocess((value) => (value === '' ? null : value), timestamp.nullish()),
  balance: optionalDecimal,
  benefactor: text,
  notes: z
    .union([text, z.object({ desc: text }).transform((notes) => notes.desc)])
    .transform((said) => said),
  account: reference,
  pending_id: id.nullish(),
  created_at: timestamp.nullish(),
  last_updated: timestamp.nullish(),
});

export interface OwnedTransaction {
  readonly account: string;
  readonly transaction: ProviderTransaction;
}

/** One transaction and the account it is of: some reads mix the accounts of a customer. */
export function toTransaction(value: LosslessJson, raw: string): OwnedTransaction {
  const fields = read(transaction, value, 'transaction');
  const cleared = fields.cleared_date;
  return {
    account: fields.account,
    transaction: {
      providerTransactionId: requireId(fields, 'transaction'),
      // Null is our choice for "not settled yet". The documented rows may leave the field out, and
      // those are settled.
      status: cleared === null ? 'pending' : 'posted',
      amount: signedAmount(fields.debit ?? null, fields.credit ?? null),
      currency: fields.currency,
      description: fields.notes,
      counterparty: fields.benefactor,
      category: null,
      transactedAt: fields.trans_date,
      bookedAt: cleared ?? null,
      valueDate: null,
      runningBalance: fields.balance ?? null,
      pendingProviderTransactionId: fields.pending_id ?? null,
      providerUpdatedAt: fields.last_updated ?? fields.created_at ?? fields.trans_date,
      raw,
    },
  };
}

/** One of the two is set; clients have seen the other one missing, null, empty and zero. */
function signedAmount(debit: Decimal | null, credit: Decimal | null): Decimal {
  if (debit !== null && (credit === null || isZero(credit))) return negate(debit);
  if (credit !== null && (debit === null || isZero(debit))) return credit;
  throw okraError('bug', 'invalid_transaction_amount');
}
