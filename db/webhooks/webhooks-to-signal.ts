import { sql } from 'kysely';
import { accountsToRun, type AccountToRun } from '../accounts/account-to-run.ts';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';

/** The most accounts that are answered with at a time. */
export const MOST_TO_SIGNAL = 1_000;

export interface WebhookSignal {
  readonly account: AccountToRun;
  readonly products: readonly EffectProduct[];
  /** The last of those that wait for it. */
  readonly lastWebhookId: string;
}

/**
 * Which accounts have webhooks that wait and were never signalled, or were signalled long ago to no
 * effect though the account runs. Those that nobody has tried to signal come first, the oldest before the
 * others, then those whose last try is longest ago: what cannot be signalled holds up nothing.
 */
export async function webhooksToSignal(db: Database): Promise<WebhookSignal[]> {
  const rows = await accountsToRun(db)
    .innerJoin('webhook_effects', 'webhook_effects.account_id', 'accounts.id')
    .where('webhook_effects.applied_at', 'is', null)
    .where('accounts.unlinked_at', 'is', null)
    .where(sql<boolean>`webhook_effects.product = any(accounts.products || 'connection'::text)`)
    .where((eb) =>
      eb.or([
        eb('webhook_effects.signalled_at', 'is', null),
        eb.and([
          eb('webhook_effects.signalled_at', '<', sql<Date>`now() - interval '5 minutes'`),
          eb.or([
            eb('accounts.status', '!=', 'paused'),
            eb('webhook_effects.product', '=', 'connection'),
          ]),
        ]),
      ]),
    )
    .groupBy(['accounts.id', 'connections.id'])
    .orderBy(sql`min(coalesce(webhook_effects.tried_at, '-infinity'))`)
    .orderBy(sql`min(webhook_effects.webhook_id::text)`)
    .limit(MOST_TO_SIGNAL)
    .select(sql<EffectProduct[]>`array_agg(distinct webhook_effects.product)`.as('products_told'))
    .select(sql<string>`max(webhook_effects.webhook_id::text)`.as('lastWebhookId'))
    .execute();
  return rows.map(({ products_told: products, lastWebhookId, ...account }) => ({
    account,
    products,
    lastWebhookId,
  }));
}
