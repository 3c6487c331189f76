import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import type { AccountRow } from '../../db/accounts/list-accounts.ts';
import type { ConnectionRow } from '../../db/connections/list-connections.ts';
import type { OfferedAccountRow } from '../../db/connections/list-offered-accounts.ts';
import { account, toAccount } from './account.ts';
import { id, timestamp } from './common.ts';
import { refreshSetting } from './refresh-setting.ts';

export const reference = z
  .string()
  .min(1, 'must have 1 to 255 characters')
  .max(255, 'must have 1 to 255 characters')
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be plain text')
  .describe('Your own id for the customer or the consent.');

export const newAccounts = z
  .enum(['offer', 'link'])
  .describe(
    'What becomes of accounts that appear at the bank later. offer: they are listed in `offered_accounts`. link: they are linked at once.',
  );

export const linkRequest = (rules: EndpointRules) =>
  z
    .strictObject({
      provider: z.string({ error: 'must be the name of a configured provider' }),
      link: z
        .record(z.string(), z.unknown(), {
          error: 'must be an object: what the provider’s link flow gave',
        })
        .describe(
          'What the provider’s link flow gave: the provider’s page in docs/providers tells its fields.',
        ),
      reference: reference.optional(),
      new_accounts: newAccounts.optional().describe('As PATCH takes it; offer when not given.'),
      refresh: refreshSetting(rules).optional(),
    })
    .meta({ ref: 'LinkRequest' });

export const connection = z
  .object({
    id: id,
    provider: z.string(),
    reference: z.string().nullable(),
    institution: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
    status: z.enum(['linking', 'active', 'reauth_required', 'gone', 'unlinking', 'unlinked']),
    status_code: z
      .string()
      .nullable()
      .describe(
        'Why: the provider’s last error, also while it is linking or unlinking; `webhook` where a webhook told it; null while all is well.',
      ),
    status_changed_at: timestamp,
    consent_expires_at: timestamp.nullable(),
    new_accounts: newAccounts,
    accounts_checked_at: timestamp
      .nullable()
      .describe('When the bank was last asked which accounts there are.'),
    linked_at: timestamp
      .nullable()
      .describe('When every account had been scanned in full for the first time.'),
    created_at: timestamp,
    unlink_requested_at: timestamp.nullable(),
    unlink_data: z.enum(['keep', 'erase']).nullable().describe('As it was asked for.'),
    unlink_forced: z.boolean().describe('Whether the provider was left out.'),
    unlinked_at: timestamp.nullable(),
    erased_at: timestamp.nullable(),
  })
  .meta({ ref: 'Connection' });

const offeredAccount = z
  .object({
    provider_account_id: z.string(),
    name: z.string().nullable(),
    number: z.string().nullable(),
    type: z.string().nullable(),
    currency: z.string(),
    offered_at: timestamp,
  })
  .meta({ ref: 'OfferedAccount' });

export const connectionWithAccounts = connection
  .extend({
    progress: z
      .object({ accounts: z.int(), scanned: z.int() })
      .describe('Of its linked accounts, how many have been scanned in full.'),
    accounts: z.array(account),
    offered_accounts: z
      .array(offeredAccount)
      .describe('Those that appeared at the bank later. They are not synced before you link them.'),
  })
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
    consent_expires_at: toIso(row.consent_expires_at),
    new_accounts: row.new_accounts,
    accounts_checked_at: toIso(row.accounts_checked_at),
    linked_at: toIso(row.linked_at),
    created_at: row.created_at.toISOString(),
    unlink_requested_at: toIso(row.unlink_requested_at),
    unlink_data: row.unlink_data,
    unlink_forced: row.unlink_forced,
    unlinked_at: toIso(row.unlinked_at),
    erased_at: toIso(row.erased_at),
  };
}

export function toConnectionWithAccounts(
  row: ConnectionRow,
  accounts: readonly AccountRow[],
  offered: readonly OfferedAccountRow[],
): z.infer<typeof connectionWithAccounts> {
  const linked = accounts.filter((one) => one.unlinked_at === null);
  return {
    ...toConnection(row),
    progress: { accounts: linked.length, scanned: linked.filter(isScanned).length },
    accounts: accounts.map((one) => toAccount(one)),
    offered_accounts: offered.map(({ offered_at: offeredAt, ...one }) => ({
      ...one,
      offered_at: offeredAt.toISOString(),
    })),
  };
}

const isScanned = (account: AccountRow): boolean =>
  account.products.every((product) =>
    product === 'balance' ? account.balance_synced_at : account.transactions_synced_at,
  );

const toIso = (time: Date | null): string | null => time?.toISOString() ?? null;
