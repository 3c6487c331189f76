import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';

export interface Signalled {
  readonly accountId: string;
  readonly products: readonly EffectProduct[];
  readonly webhookIds: readonly string[];
}

/** Notes that the accounts' workflows were told of these webhooks. */
export async function markSignalled(db: Database, signals: readonly Signalled[]): Promise<void> {
  const told = effectsOf(signals);
  await sql`
    update webhook_effects e set signalled_at = now(), tried_at = now()
    from ${told} where ${isTold}`.execute(db);
}

/** Notes that the account's workflow could not be told of these webhooks. */
export async function markSignalFailed(db: Database, signal: Signalled): Promise<void> {
  await sql`
    update webhook_effects e set tried_at = now()
    from ${effectsOf([signal])} where ${isTold}`.execute(db);
}

// `is true` keeps the planner from an index of what waits, all of which it would go through: after an outage
// that is much. The primary key finds each at once.
const isTold = sql<boolean>`e.webhook_id = told.webhook_id and e.account_id = told.account_id
  and e.product = told.product and (e.applied_at is null) is true`;

/** Each webhook with each product of its signal: most have one. */
function effectsOf(signals: readonly Signalled[]) {
  const all = signals.flatMap(({ accountId, products, webhookIds }) =>
    webhookIds.flatMap((webhookId) =>
      products.map((product) => ({ webhookId, accountId, product })),
    ),
  );
  const webhooks = all.map(({ webhookId }) => webhookId);
  const accounts = all.map(({ accountId }) => accountId);
  const products = all.map(({ product }) => product);
  return sql`unnest(${webhooks}::uuid[], ${accounts}::uuid[], ${products}::text[])
    as told(webhook_id, account_id, product)`;
}
