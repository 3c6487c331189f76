import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';

export interface Signalled {
  readonly accountId: string;
  readonly products: readonly EffectProduct[];
  readonly webhookIds: readonly string[];
}

/** All that waited for an account up to a webhook. */
export interface SignalledUpTo {
  readonly accountId: string;
  readonly products: readonly EffectProduct[];
  readonly lastWebhookId: string;
}

const TOLD = sql`signalled_at = now(), tried_at = now()`;
const TRIED = sql`tried_at = now()`;

/** Notes that the accounts' workflows were told of these webhooks. */
export async function markSignalled(db: Database, signals: readonly Signalled[]): Promise<void> {
  const all = signals.flatMap(({ accountId, products, webhookIds }) =>
    webhookIds.flatMap((webhookId) =>
      products.map((product) => ({ webhookId, accountId, product })),
    ),
  );
  // `is true` keeps the planner from an index of what waits, all of which it would go through: after an
  // outage that is much. The primary key finds each at once.
  await mark(
    db,
    TOLD,
    sql`
      select e.ctid
      from unnest(${all.map(({ webhookId }) => webhookId)}::uuid[],
        ${all.map(({ accountId }) => accountId)}::uuid[],
        ${all.map(({ product }) => product)}::text[]) as told(webhook_id, account_id, product)
      join webhook_effects e on e.webhook_id = told.webhook_id
        and e.account_id = told.account_id and e.product = told.product
      where (e.applied_at is null) is true`,
  );
}

/** Notes that the account's workflow was told, or could not be told, of all up to a webhook. */
export async function markUpTo(
  db: Database,
  { accountId, products, lastWebhookId }: SignalledUpTo,
  outcome: 'told' | 'tried',
): Promise<void> {
  await mark(
    db,
    outcome === 'told' ? TOLD : TRIED,
    sql`
      select e.ctid from webhook_effects e
      where e.account_id = ${accountId} and e.product = any(${[...products]}::text[])
        and e.webhook_id <= ${lastWebhookId}::uuid and e.applied_at is null`,
  );
}

/** What a sync holds at this moment it is about to apply: waited for, the two could wait for each other. */
async function mark(
  db: Database,
  set: RawBuilder<unknown>,
  found: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    update webhook_effects set ${set}
    where ctid = any(array(${found} for no key update of e skip locked))`.execute(db);
}
