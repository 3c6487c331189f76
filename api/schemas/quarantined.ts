import { z } from 'zod';
import type { QuarantinedRow } from '../../db/syncs/list-quarantined.ts';
import { id, product, timestamp } from './common.ts';

export const quarantined = z
  .object({
    id: id,
    account_id: id,
    product,
    provider_id: z.string().nullable().describe('The provider’s id of it, where it had one.'),
    reason: z.string(),
    first_seen_at: timestamp,
    last_seen_at: timestamp,
    sync_id: id.describe('The sync that met it last.'),
    raw: z
      .string()
      .optional()
      .describe('The provider’s own JSON, its first 64 KiB; only with include_raw.'),
  })
  .meta({ ref: 'Quarantined' });

export function toQuarantined(row: QuarantinedRow): z.infer<typeof quarantined> {
  const { sync_run_id: syncId, raw, ...fields } = row;
  return {
    ...fields,
    first_seen_at: row.first_seen_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    sync_id: syncId,
    ...(raw === null ? {} : { raw }),
  };
}
