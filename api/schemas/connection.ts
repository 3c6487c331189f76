import { z } from 'zod';
import type { AccountRow } from '../../db/list-accounts.ts';
import type { ConnectionRow } from '../../db/list-connections.ts';
import { account, toAccount } from './account.ts';
import { id, timestamp } from './common.ts';
import { refreshSetting } from './refresh-setting.ts';

export const linkRequest = z
  .strictObject({
    provider: z.string({ error: 'must be the name of a configured provider' }),
    link: z
      .record(z.string(), z.unknown(), {
        error: 'must be an object: what the provider’s link flow gave',
      })
      .describe('What the provider’s link flow gave. okra: {"customer": …, "bank": …}.'),
    reference: z
      .string()
      .min(1, 'must have 1 to 255 characters')
      .max(255, 'must have 1 to 255 characters')
      .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be plain text')
      .optional()
      .describe('Your own id for the customer or the consent.'),
    refresh: refreshSetting.optional(),
  })
  .meta({ ref: 'LinkRequest' });

export const connection = z
  .object({
    id: id,
    provider: z.string(),
    reference: z.string().nullable(),
    institution: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
    status: z.enum(['linking', 'active', 'reauth_required', 'gone', 'unlinking', 'unlinked']),
    status_code: z.string().nullable(),
    status_changed_at: timestamp,
    consent_expires_at: timestamp.nullable(),
    created_at: timestamp,
    unlinked_at: timestamp.nullable(),
  })
  .meta({ ref: 'Connection' });

export const connectionWithAccounts = connection
  .extend({ accounts: z.array(account) })
  .meta({ ref: 'ConnectionWithAccounts' });

export function toConnection(row: ConnectionRow): z.infer<typeof connection> {
  return {
    id: row.id,
    provider: row.provider,
    reference: row.reference,
    institution: { id: row.institution_id, name: row.institution_name },
    status: row.status,
    status_code: row.status_code,
    status_changed_at: row.status_changed_at.toISOString(),
    consent_expires_at: row.consent_expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    unlinked_at: row.unlinked_at?.toISOString() ?? null,
  };
}

export function toConnectionWithAccounts(
  row: ConnectionRow,
  accounts: readonly AccountRow[],
): z.infer<typeof connectionWithAccounts> {
  return { ...toConnection(row), accounts: accounts.map((one) => toAccount(one)) };
}
