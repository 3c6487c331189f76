import { z } from 'zod';
import type { TransactionRow } from '../db/transactions/list-transactions.ts';
import { decimal, id, timestamp } from './fields.ts';

const calendarDate = z.string().meta({ format: 'date' });

export const transaction = z
  .object({
    id: id,
    account_id: id,
    provider_transaction_id: z.string(),
    status: z.enum(['pending', 'posted']),
    amount: decimal.describe('Exact. Positive is money into the account.'),
    currency: z.string(),
    description: z.string().nullable(),
    counterparty: z.string().nullable(),
    category: z.string().nullable(),
    transacted_at: timestamp,
    booked_at: timestamp.nullable(),
    booked_date: calendarDate.nullable().describe('The UTC date of booked_at.'),
    value_date: calendarDate.nullable().describe('When it counts for interest.'),
    running_balance: decimal.nullable(),
    matched_by: z
      .enum(['provider', 'likeness'])
      .nullable()
      .describe(
        'How its pending and its posted form were found to be one: by the provider’s link, or by likeness.',
      ),
    removed_at: timestamp.nullable().describe('When the bank was found to have it no longer.'),
    first_seen_at: timestamp,
    changed_at: timestamp,
  })
  .meta({ ref: 'Transaction' });

export type Transaction = z.infer<typeof transaction>;

/** @param row may have more columns than are shown. */
export function toTransaction(row: Omit<TransactionRow, 'position'>): Transaction {
  return {
    id: row.id,
    account_id: row.account_id,
    provider_transaction_id: row.provider_transaction_id,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    description: row.description,
    counterparty: row.counterparty,
    category: row.category,
    transacted_at: row.transacted_at.toISOString(),
    booked_at: row.booked_at?.toISOString() ?? null,
    booked_date: row.booked_date,
    value_date: row.value_date,
    running_balance: row.running_balance,
    matched_by: row.matched_by,
    removed_at: row.removed_at?.toISOString() ?? null,
    first_seen_at: row.first_seen_at.toISOString(),
    changed_at: row.changed_at.toISOString(),
  };
}
