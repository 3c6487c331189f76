import { hash } from 'node:crypto';
import { sealBody, type WebhookBodies } from '../../credentials/webhook-body.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { EffectProduct } from '../../db/schema.ts';
import { uuid7 } from '../../db/uuid7.ts';
import type { WebhookReading, WebhookToStore } from '../../db/webhooks/store-webhooks.ts';
import { WebhookUnreadable } from '../../providers/errors.ts';
import type { Provider, TranslatedWebhook, WebhookEffect } from '../../providers/provider.ts';
import { isStorable } from './is-storable.ts';

/** What a verified webhook says, as it is to be stored. */
export function toStore(
  provider: Provider,
  body: Uint8Array,
  options: { readonly keyRing: KeyRing; readonly bodies: WebhookBodies },
): WebhookToStore {
  const id = uuid7();
  return {
    ...readWebhook(provider, body),
    ...sealBody(options.keyRing, options.bodies, id, body),
    id,
    provider: provider.name,
    bytes: body.length,
  };
}

/** What a verified body says, by the code of today. */
export function readWebhook(
  provider: Provider,
  body: Uint8Array,
): WebhookReading & { readonly dedupeKey: string } {
  const { effects, ...told } = translate(provider, body);
  return { ...told, products: [...new Set(effects.map((effect) => productOf(effect)))] };
}

function translate(
  provider: Provider,
  body: Uint8Array,
): TranslatedWebhook & { readonly readable: boolean } {
  try {
    const told = provider.translateWebhook(body);
    return isStorable(told) ? { ...told, readable: true } : unreadable(body);
  } catch (error) {
    if (!(error instanceof WebhookUnreadable)) throw error;
    return unreadable(body);
  }
}

function unreadable(body: Uint8Array): TranslatedWebhook & { readonly readable: false } {
  return {
    type: 'unreadable',
    dedupeKey: `sha256:${hash('sha256', body)}`,
    occurredAt: null,
    providerConnectionId: null,
    providerAccountId: null,
    understood: false,
    effects: [],
    readable: false,
  };
}

function productOf(effect: WebhookEffect): EffectProduct {
  switch (effect.kind) {
    case 'balance':
      return 'balance';
    case 'transactions_removed':
      return 'transaction';
    case 'changed':
    case 'unclear':
      return effect.product;
    case 'reauth_required':
    case 'reauthorized':
    case 'revoked':
      return 'connection';
  }
}
