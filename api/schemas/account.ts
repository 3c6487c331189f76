import { z } from 'zod';
import type { SettingsApplied } from '../../temporal/account-workflows.ts';
import type { AccountRow } from '../../db/accounts/list-accounts.ts';
import { id, interval, product, timestamp } from './common.ts';
import { freshness, freshnessOf } from './freshness.ts';

export const account = z
  .object({
    id: id,
    connection_id: id,
    provider: z.string(),
    provider_account_id: z.string(),
    reference: z.string().nullable().describe('As given when the connection was linked.'),
    institution: z.string().nullable(),
    name: z.string().nullable(),
    number: z.string().nullable(),
    type: z.string().nullable(),
    currency: z.string(),
    settings: z.object({
      paused: z.boolean(),
      interval: interval.nullable().describe('Null: only by webhooks and by hand.'),
      effective_interval: interval
        .nullable()
        .describe(
          'How often it really is refreshed: `interval`, or longer (see `limited_by`). Daily at the longest.',
        ),
      limited_by: z
        .enum(['provider_smallest_interval', 'provider_calls_per_day'])
        .nullable()
        .describe(
          'What the provider allows less of than `interval` asks for; null: nothing stands in the way. Told beside an `effective_interval` of daily too, which is kept though the provider may allow even less.',
        ),
      products: z.array(product),
      webhook_url: z.string().nullable(),
      endpoint_id: id
        .nullable()
        .describe('The endpoint that `webhook_url` is, see `/v1/endpoints`; null: there is none.'),
      version: z.int(),
      confirmed: z.boolean().describe('Whether the workflow runs this version of the settings.'),
    }),
    status: z.enum(['scanning', 'active', 'failing', 'paused', 'unlinked']),
    pause_reason: z.enum(['user', 'reauth_required', 'provider_error']).nullable(),
    next_sync_at: timestamp
      .nullable()
      .describe(
        'When it is next refreshed by itself, or, while paused for provider_error, tried. Null: never, as while paused for another reason.',
      ),
    stale_since: timestamp
      .nullable()
      .describe('Since when a product has been stale, as looked at every minute; null: none is.'),
    balance: freshness,
    transactions: freshness.extend({
      preparing: z
        .boolean()
        .describe(
          'Whether the provider was still collecting the history when it was last asked: the scan is over when it has it all.',
        ),
    }),
    created_at: timestamp,
  })
  .meta({ ref: 'Account' });

export type Account = z.infer<typeof account>;

/** @param applied what the workflow has just answered, ahead of what the row says. */
export function toAccount(row: AccountRow, applied: SettingsApplied | null = null): Account {
  const { status, pauseReason, nextSyncAt } = applied ?? stored(row);
  return {
    id: row.id,
    connection_id: row.connection_id,
    provider: row.provider,
    provider_account_id: row.provider_account_id,
    reference: row.reference,
    institution: row.institution_name,
    name: row.name,
    number: row.number,
    type: row.type,
    currency: row.currency,
    settings: {
      paused: row.paused,
      interval: row.refresh_interval,
      effective_interval: row.effective_interval,
      limited_by: row.limited_by,
      products: row.products,
      webhook_url: row.webhook_url,
      endpoint_id: row.endpoint_id,
      version: row.settings_version,
      confirmed: applied !== null || row.confirmed_settings_version >= row.settings_version,
    },
    status,
    pause_reason: pauseReason,
    next_sync_at: holdsStill(pauseReason) ? null : nextSyncAt,
    stale_since: row.stale_since?.toISOString() ?? null,
    balance: freshnessOf(row, 'balance'),
    transactions: { ...freshnessOf(row, 'transaction'), preparing: row.transactions_preparing },
    created_at: row.created_at.toISOString(),
  };
}

/** In a `provider_error` it is tried now and then. */
const holdsStill = (reason: Account['pause_reason']): boolean =>
  reason === 'user' || reason === 'reauth_required';

/** The operator's own pause shows at once, before the workflow has written down that it follows. */
function stored(row: AccountRow) {
  const nextSyncAt = row.next_sync_at?.toISOString() ?? null;
  return row.paused && row.status !== 'unlinked'
    ? ({ status: 'paused', pauseReason: 'user', nextSyncAt: null } as const)
    : { status: row.status, pauseReason: row.pause_reason, nextSyncAt };
}
