import { sql } from 'kysely';
import type { Database } from './connect.ts';
import type { EffectProduct, WebhookOutcome } from './schema.ts';

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
  /** Null when it had been stored before: then nothing more is to be done. */
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
    if (!stored) return { id: null, effects: [] };
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

function outcomeOf(webhook: WebhookToStore, accounts: number, effects: number): WebhookOutcome {
  if (!webhook.readable) return 'unreadable';
  if (webhook.products.length === 0) return 'no_effect';
  if (accounts === 0) return 'unmatched';
  return effects === 0 ? 'no_effect' : 'accepted';
}
