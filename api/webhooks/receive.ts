import { createHash } from 'node:crypto';
import { storeWebhook, type StoredWebhook } from '../../db/webhooks/store-webhook.ts';
import type { EffectProduct } from '../../db/schema.ts';
import { WebhookUnreadable } from '../../providers/errors.ts';
import type { Provider, TranslatedWebhook, WebhookEffect } from '../../providers/provider.ts';
import type { ApiDeps } from '../deps.ts';

/**
 * Stores a verified webhook; only then is it acknowledged. The signals to its accounts' workflows
 * follow in the background.
 */
export async function receiveWebhook(
  { db, dispatcher }: ApiDeps,
  provider: Provider,
  body: Uint8Array,
): Promise<StoredWebhook> {
  const translated = translate(provider, body);
  const stored = await storeWebhook(db, {
    provider: provider.name,
    type: translated.type,
    dedupeKey: translated.dedupeKey,
    occurredAt: translated.occurredAt,
    body,
    readable: translated.readable,
    providerConnectionId: translated.providerConnectionId,
    providerAccountId: translated.providerAccountId,
    products: [...new Set(translated.effects.map((effect) => productOf(effect)))],
  });
  const { id: webhookId, effects } = stored;
  if (webhookId) dispatcher.dispatch(effects.map((effect) => ({ ...effect, webhookId })));
  return stored;
}

function translate(
  provider: Provider,
  body: Uint8Array,
): TranslatedWebhook & { readable: boolean } {
  try {
    return { ...provider.translateWebhook(body), readable: true };
  } catch (error) {
    if (!(error instanceof WebhookUnreadable)) throw error;
    return {
      type: 'unreadable',
      dedupeKey: `sha256:${createHash('sha256').update(body).digest('hex')}`,
      occurredAt: null,
      providerConnectionId: null,
      providerAccountId: null,
      effects: [],
      readable: false,
    };
  }
}

function productOf(effect: WebhookEffect): EffectProduct {
  switch (effect.kind) {
    case 'balance':
      return 'balance';
    case 'transactions_removed':
      return 'transaction';
    case 'changed':
      return effect.product;
    case 'reauth_required':
    case 'reauthorized':
    case 'revoked':
      return 'connection';
  }
}
