import { z } from 'zod';
import type { TransactionChangeRow } from '../../db/transactions/find-transaction.ts';
import { id, timestamp } from '../../resources/fields.ts';
import { transaction } from '../../resources/transaction.ts';
import { pageOf } from './common.ts';
import { freshness } from './freshness.ts';

export const transactionPage = pageOf(transaction)
  .extend(freshness.shape)
  .meta({ ref: 'TransactionPage' });

const transactionChange = z
  .object({
    kind: z.enum(['changed', 'removed', 'restored']),
    fields: z
      .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
      .describe('From a field’s name to [before, after]. Amounts are text.'),
    changed_at: timestamp,
    sync_id: id,
  })
  .meta({ ref: 'TransactionChange' });

export const transactionWithChanges = transaction
  .extend({
    changes: z
      .array(transactionChange)
      .describe('Since it was first seen, newest first; the newest 200.'),
  })
  .extend(freshness.shape)
  .meta({ ref: 'TransactionWithChanges' });

export function toTransactionChange(row: TransactionChangeRow): z.infer<typeof transactionChange> {
  return {
    kind: row.kind,
    fields: JSON.parse(row.fields, keepDigits) as Record<string, [unknown, unknown]>,
    changed_at: row.changed_at.toISOString(),
    sync_id: row.sync_run_id,
  };
}

/** A number that JavaScript would round stays as it is written. */
function keepDigits(_: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : context.source;
}
