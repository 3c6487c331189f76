import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import { negate } from '../../money.ts';
import type { CalendarDate, ProviderTransaction, Timestamp } from '../../provider.ts';
import { currency, date, decimal, id, optionalTimestamp, read, words } from '../fields.ts';

const category = z.object({ primary: words, detailed: words }).nullish().catch(null);

const transaction = z.object({
  transaction_id: id,
  account_id: id,
  amount: decimal,
  iso_currency_code: currency,
  pending: z.boolean(),
  pending_transaction_id: id.nullish(),
  date,
  datetime: optionalTimestamp,
  authorized_date: date.nullish().catch(null),
  authorized_datetime: optionalTimestamp,
  name: words,
  original_description: words,
  merchant_name: words,
  counterparties: z
    .array(z.object({ name: words }).catch({ name: null }))
    .nullish()
    .catch(null),
  personal_finance_category: category,
  running_balance: decimal.nullish().catch(null),
});

export interface OwnedTransaction {
  readonly account: string;
  readonly transaction: ProviderTransaction;
}

/**
 * One transaction and the account it is of. Plaid counts money that leaves the account as positive. `date`
 * and `datetime` are when a posted one was posted, and when a pending one happened; `authorized_…` is
 * when it happened, where the bank tells. A date is taken for its midnight in UTC.
 */
export function toTransaction(value: LosslessJson, raw: string): OwnedTransaction {
  const fields = read(transaction, value, 'transaction');
  const posted = fields.datetime ?? midnight(fields.date);
  const authorized =
    fields.authorized_datetime ??
    (fields.authorized_date ? midnight(fields.authorized_date) : null);
  return {
    account: fields.account_id,
    transaction: {
      providerTransactionId: fields.transaction_id,
      status: fields.pending ? 'pending' : 'posted',
      amount: negate(fields.amount),
      currency: fields.iso_currency_code,
      description: fields.original_description ?? fields.name,
      counterparty:
        fields.merchant_name ?? fields.counterparties?.find(({ name }) => name)?.name ?? null,
      category:
        fields.personal_finance_category?.detailed ??
        fields.personal_finance_category?.primary ??
        null,
      transactedAt: authorized ?? posted,
      bookedAt: fields.pending ? null : posted,
      valueDate: null,
      runningBalance: fields.running_balance ?? null,
      pendingProviderTransactionId: fields.pending_transaction_id ?? null,
      // Plaid tells none; its stream is in the order of the changes.
      providerUpdatedAt: null,
      raw,
    },
  };
}

const midnight = (day: CalendarDate): Timestamp => `${day}T00:00:00.000Z`;
