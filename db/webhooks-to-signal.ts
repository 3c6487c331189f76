import { sql } from 'kysely';
import { ACCOUNT_TO_RUN, type AccountToRun } from './account-to-run.ts';
import type { Database } from './connect.ts';
import type { EffectProduct } from './schema.ts';

const MOST = 500;

export interface WebhookSignal {
  readonly account: AccountToRun;
  readonly product: EffectProduct;
  readonly webhookIds: readonly string[];
}

/**
 * Which accounts have webhooks that wait and were never signalled, or were signalled long ago to no
 * effect though the account runs; oldest first.
 */
export async function webhooksToSignal(db: Database): Promise<WebhookSignal[]> {
  const rows = await db
    .selectFrom('webhook_effects')
    .innerJoin('accounts', 'accounts.id', 'webhook_effects.account_id')
    .where('webhook_effects.applied_at', 'is', null)
    .where('accounts.unlinked_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('webhook_effects.signalled_at', 'is', null),
        eb.and([
          eb('webhook_effects.signalled_at', '<', sql<Date>`now() - interval '5 minutes'`),
          eb('accounts.status', '!=', 'paused'),
        ]),
      ]),
    )
    .groupBy(['accounts.id', 'webhook_effects.product'])
    .orderBy(sql`min(webhook_effects.webhook_id::text)`)
    .limit(MOST)
    .select([...ACCOUNT_TO_RUN, 'webhook_effects.product'])
    .select(sql<string[]>`array_agg(webhook_effects.webhook_id)`.as('webhookIds'))
    .execute();
  return rows.map(({ product, webhookIds, ...account }) => ({ account, product, webhookIds }));
}

/** Notes that the account's workflow was told of these webhooks. */
export async function markSignalled(
  db: Database,
  { account, product, webhookIds }: WebhookSignal,
): Promise<void> {
  await db
    .updateTable('webhook_effects')
    .where('account_id', '=', account.id)
    .where('product', '=', product)
    .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
    .where('applied_at', 'is', null)
    .set({ signalled_at: sql<Date>`now()` })
    .execute();
}
