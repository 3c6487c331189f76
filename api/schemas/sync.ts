import { z } from 'zod';
import type { SyncRunRow } from '../../db/syncs/list-sync-runs.ts';
import { id, product, timestamp } from './common.ts';

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
    quarantined: z.int().describe('What could not be taken: see GET /v1/quarantine.'),
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
