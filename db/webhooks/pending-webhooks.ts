import { sql, type Expression } from 'kysely';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';

export interface PendingWebhook {
  readonly id: string;
  /** As it is stored: see `credentials/webhook-body.ts`. */
  readonly body: Buffer | null;
  readonly body_sealed: boolean;
  readonly receivedAt: Date;
}

/** The most webhooks that one sync takes, so that memory stays bounded. */
export const MOST_PENDING_WEBHOOKS = 1_000;

/**
 * The stored webhooks that still have to take effect on this product of this account, by the bank's
 * own time; at most `MOST_PENDING_WEBHOOKS`.
 */
export async function pendingWebhooks(
  db: Database,
  accountId: string,
  product: EffectProduct,
): Promise<PendingWebhook[]> {
  return await pendingFor(db, sql.val(accountId), product).execute();
}

/** The same as a query, to be run or made part of another. */
export function pendingFor(
  db: Pick<Database, 'selectFrom'>,
  accountId: Expression<string>,
  product: EffectProduct,
) {
  return db
    .selectFrom('webhook_effects')
    .innerJoin('inbound_webhooks', 'inbound_webhooks.id', 'webhook_effects.webhook_id')
    .where('webhook_effects.account_id', '=', accountId)
    .where('webhook_effects.product', '=', product)
    .where('webhook_effects.applied_at', 'is', null)
    .orderBy(sql`coalesce(inbound_webhooks.occurred_at, inbound_webhooks.received_at)`)
    .orderBy('inbound_webhooks.id')
    .limit(MOST_PENDING_WEBHOOKS)
    .select([
      'inbound_webhooks.id',
      'inbound_webhooks.body',
      'inbound_webhooks.body_sealed',
      'inbound_webhooks.received_at as receivedAt',
      sql<Date>`coalesce(inbound_webhooks.occurred_at, inbound_webhooks.received_at)`.as('at'),
    ]);
}
