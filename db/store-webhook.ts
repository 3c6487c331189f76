import { sql, type Transaction } from 'kysely';
import type { Database } from './connect.ts';
import type { EffectProduct, Schema, WebhookOutcome } from './schema.ts';

export interface WebhookToStore {
  readonly provider: string;
  readonly dedupeKey: string;
  readonly type: string;
  readonly occurredAt: string | null;
  /** The body exactly as it arrived. */
  readonly body: Uint8Array;
  readonly readable: boolean;
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
  readonly products: readonly EffectProduct[];
}

export interface StoredWebhook {
  /** Null when it had been stored before and nothing more is to be done. */
  readonly id: string | null;
  readonly effects: readonly { readonly accountId: string; readonly product: EffectProduct }[];
}

/**
 * Stores a verified webhook and what it has to do for each account that it concerns, in one
 * transaction. Once this resolves it is durable. The same webhook again, also at the same moment on
 * another instance, is stored once.
 */
export async function storeWebhook(db: Database, webhook: WebhookToStore): Promise<StoredWebhook> {
  return await db.transaction().execute(async (trx) => {
    const accounts = await trx
      .selectFrom('accounts')
      .innerJoin('connections', 'connections.id', 'accounts.connection_id')
      .where('accounts.provider', '=', webhook.provider)
      .where('connections.provider', '=', webhook.provider)
      .where('connections.unlinked_at', 'is', null)
      .where('accounts.unlinked_at', 'is', null)
      .$if(webhook.providerConnectionId !== null, (query) =>
        query.where('connections.provider_connection_id', '=', webhook.providerConnectionId),
      )
      .$if(webhook.providerAccountId !== null, (query) =>
        query.where('accounts.provider_account_id', '=', webhook.providerAccountId),
      )
      .$if(webhook.providerConnectionId === null && webhook.providerAccountId === null, (query) =>
        query.where(sql<boolean>`false`),
      )
      .select(['accounts.id', 'accounts.products'])
      .execute();
    const effects = accounts.flatMap((account) =>
      webhook.products
        .filter((product) => product === 'connection' || account.products.includes(product))
        .map((product) => ({ accountId: account.id, product })),
    );
    const stored = await trx
      .insertInto('inbound_webhooks')
      .values({
        provider: webhook.provider,
        dedupe_key: webhook.dedupeKey,
        type: webhook.type,
        occurred_at: webhook.occurredAt,
        body: Buffer.from(webhook.body),
        outcome: outcomeOf(webhook, accounts.length, effects.length),
      })
      .onConflict((conflict) => conflict.columns(['provider', 'dedupe_key']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!stored) return await storeAgain(trx, webhook);
    if (effects.length > 0) {
      await trx
        .insertInto('webhook_effects')
        .values(
          effects.map(({ accountId, product }) => ({
            webhook_id: stored.id,
            account_id: accountId,
            product,
          })),
        )
        .execute();
    }
    return { id: stored.id, effects };
  });
}

/**
 * A webhook that was stored before has no new effect. But one to which its provider gives no time can
 * tell of another event in the same words: then what it points to is looked at again.
 */
async function storeAgain(
  trx: Transaction<Schema>,
  webhook: WebhookToStore,
): Promise<StoredWebhook> {
  if (webhook.occurredAt !== null) return { id: null, effects: [] };
  const reopened = await trx
    .updateTable('webhook_effects')
    .from('inbound_webhooks')
    .whereRef('inbound_webhooks.id', '=', 'webhook_effects.webhook_id')
    .where('inbound_webhooks.provider', '=', webhook.provider)
    .where('inbound_webhooks.dedupe_key', '=', webhook.dedupeKey)
    .where('webhook_effects.applied_at', 'is not', null)
    .set({ applied_at: null, signalled_at: null, sync_run_id: null })
    .returning([
      'webhook_effects.webhook_id as id',
      'webhook_effects.account_id as accountId',
      'webhook_effects.product',
    ])
    .execute();
  const effects = reopened.map(({ accountId, product }) => ({ accountId, product }));
  return { id: reopened[0]?.id ?? null, effects };
}

function outcomeOf(webhook: WebhookToStore, accounts: number, effects: number): WebhookOutcome {
  if (!webhook.readable) return 'unreadable';
  if (webhook.products.length === 0) return 'no_effect';
  if (accounts === 0) return 'unmatched';
  return effects === 0 ? 'no_effect' : 'accepted';
}
