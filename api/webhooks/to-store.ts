import { hash } from 'node:crypto';
import type { Logger } from '../../config/logger.ts';
import type { WebhookBodies } from '../../config/webhook-bodies.ts';
import { hashLink, hashLinkSession } from '../../credentials/link-session.ts';
import { sealBody } from '../../credentials/webhook-body.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { NamedLinkSession } from '../../db/link-sessions/note-link-webhook.ts';
import type { EffectProduct } from '../../db/schema.ts';
import { uuid7 } from '../../db/uuid7.ts';
import type { WebhookReading, WebhookToStore } from '../../db/webhooks/store-webhooks.ts';
import { WebhookUnreadable } from '../../providers/errors.ts';
import type { Provider, WebhookEffect } from '../../providers/provider.ts';
import { isStorable } from './is-storable.ts';

/** What a verified webhook says, as it is to be stored. */
export function toStore(
  provider: Provider,
  body: Uint8Array,
  options: {
    readonly keyRing: KeyRing;
    readonly bodies: WebhookBodies;
    readonly logger: Logger;
  },
): WebhookToStore {
  const id = uuid7();
  return {
    ...readWebhook(provider, body, options.logger),
    ...sealBody(options.keyRing, options.bodies, id, body),
    id,
    provider: provider.name,
    bytes: body.length,
  };
}

/**
 * What a verified body says, by the code of today. Whatever it does to its provider's code, it can be stored: a later
 * version may read it, by a replay.
 */
export function readWebhook(
  provider: Provider,
  body: Uint8Array,
  logger: Logger,
): WebhookReading & { readonly dedupeKey: string } {
  try {
    const { effects, ...told } = provider.translateWebhook(body);
    const products = effects.map((effect) => productOf(effect)).filter((one) => one !== null);
    const asksProvider = effects.some(({ kind }) => kind === 'connection_changed');
    const linkSessions = linkSessionsOf(effects);
    if (isStorable(told)) {
      const reading = { products: [...new Set(products)], asksProvider, linkSessions };
      return { ...told, ...reading, readable: true };
    }
  } catch (err) {
    if (!(err instanceof WebhookUnreadable)) {
      logger.error({ err, provider: provider.name }, 'webhook kept as unreadable');
    }
  }
  return { ...UNREADABLE, dedupeKey: `sha256:${hash('sha256', body)}` };
}

/** The same webhook, with nothing told of it. */
export function asUnreadable(webhook: WebhookToStore): WebhookToStore {
  return { ...webhook, ...UNREADABLE, dedupeKey: `sha256:${hash('sha256', webhook.dedupeKey)}` };
}

const UNREADABLE = {
  type: 'unreadable',
  occurredAt: null,
  providerConnectionId: null,
  providerAccountId: null,
  understood: false,
  readable: false,
  products: [],
  asksProvider: false,
  linkSessions: [],
} as const;

/** One for each session that it names. */
function linkSessionsOf(effects: readonly WebhookEffect[]): NamedLinkSession[] {
  const links = effects.filter((effect) => effect.kind === 'link');
  return [...Map.groupBy(links, ({ session }) => session)].map(([session, told]) => ({
    hash: hashLinkSession(session),
    linkHashes: onceEach(told.flatMap((effect) => effect.links.map(hashLink))),
  }));
}

const onceEach = (hashes: readonly Buffer[]): Buffer[] => [
  ...new Map(hashes.map((hash) => [hash.toString('hex'), hash])).values(),
];

/** Null: it is for no account's workflow. */
function productOf(effect: WebhookEffect): EffectProduct | null {
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
    case 'consent_expires':
      return 'connection';
    case 'connection_changed':
    case 'link':
      return null;
  }
}
