import { z } from 'zod';
import type { SyncRunRow } from '../../db/list-sync-runs.ts';
import type { TransactionRow } from '../../db/list-transactions.ts';
import { decimal, id, pageOf, product, timestamp } from './common.ts';
import { freshness } from './freshness.ts';

export const balance = z
  .object({
    account_id: id,
    available: decimal.nullable().describe('What can be spent now.'),
    current: decimal
      .nullable()
      .describe('What the bank’s ledger holds, pending items not counted.'),
    limit: decimal.nullable(),
    currency: z.string(),
    changed_at: timestamp,
  })
  .extend(freshness.shape)
  .meta({ ref: 'Balance' });

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
    running_balance: decimal.nullable(),
    removed_at: timestamp.nullable(),
    first_seen_at: timestamp,
    changed_at: timestamp,
  })
  .meta({ ref: 'Transaction' });

export const transactionPage = pageOf(transaction)
  .extend(freshness.shape)
  .meta({ ref: 'TransactionPage' });

export function toTransaction(row: TransactionRow): z.infer<typeof transaction> {
  const { position: _, ...fields } = row;
  return {
    ...fields,
    transacted_at: row.transacted_at.toISOString(),
    booked_at: row.booked_at?.toISOString() ?? null,
    removed_at: row.removed_at?.toISOString() ?? null,
    first_seen_at: row.first_seen_at.toISOString(),
    changed_at: row.changed_at.toISOString(),
  };
}

export const sync = z
  .object({
    id: id,
    account_id: id,
    product,
    triggers: z.array(z.enum(['link', 'schedule', 'webhook', 'manual', 'reconcile'])),
    scope: z
      .enum(['full', 'incremental', 'hint', 'webhook'])
      .describe('What was read; webhook: nothing, the webhook held it all.'),
    status: z.enum(['running', 'succeeded', 'failed']),
    attempts: z.int(),
    started_at: timestamp,
    finished_at: timestamp.nullable(),
    data_as_of: timestamp.nullable(),
    fetched: z.int(),
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    webhooks: z.int(),
    error_kind: z.string().nullable(),
    error_code: z.string().nullable(),
  })
  .meta({ ref: 'Sync' });

export function toSync(row: SyncRunRow): z.infer<typeof sync> {
  return {
    ...row,
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    data_as_of: row.data_as_of?.toISOString() ?? null,
  };
}
