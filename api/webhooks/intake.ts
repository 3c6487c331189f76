import type { Logger } from '../../config/logger.ts';
import type { WebhookBodies } from '../../config/webhook-bodies.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { Database } from '../../db/connect.ts';
import { giveUpKey } from '../../db/webhooks/give-up-key.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import type {
  StoredEffect,
  StoredWebhooks,
  WebhookToStore,
} from '../../db/webhooks/store-webhooks.ts';
import { isOfStatement, isOfValue, type WebhookStore } from '../../db/webhooks/webhook-store.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AskProviders } from '../ask-providers.ts';
import type { IntakeMetrics } from '../metrics/intake-metrics.ts';
import { createGroupCommit } from './group-commit.ts';
import type { SignalDispatcher } from './signal-dispatcher.ts';
import type { TellLinkSessions } from './tell-link-sessions.ts';
import { asUnreadable, toStore } from './to-store.ts';
import { within } from './within.ts';

export interface WebhookIntake {
  /**
   * Stores a verified webhook; when this resolves it is durable, and may be acknowledged. The signals to its accounts'
   * workflows follow in the background. Rejects with `Overloaded` where it cannot be stored in time.
   */
  accept(provider: Provider, body: Uint8Array): Promise<AcceptedWebhook>;
}

export interface AcceptedWebhook {
  /** Null: it had been stored before. */
  readonly webhookId: string | null;
  readonly effects: number;
}

/** Null: a webhook of the same key had been stored before. */
type Stored = readonly StoredEffect[] | null;

const MIB = 1024 * 1024;

/** These do nothing but commit what is not about a consent. */
export const STORE_CONNECTIONS = 2;

/** Its ids are parts of its decoded body, which they keep in memory; and there are the objects. */
const bytesOf = ({ body }: WebhookToStore): number => 3 * body.length + 1024;

const LIMITS = {
  commitsAtOnce: STORE_CONNECTIONS,
  mostInCommit: 200,
  mostBytesInCommit: 2 * MIB,
  mostBytes: 64 * MIB,
  bytesOf,
  // With it the answer comes in less than a second.
  patienceMs: 800,
  isOfItem: isOfStatement,
  mostPatienceMs: 8_000,
};

export function createWebhookIntake(deps: {
  readonly db: Database;
  readonly store: WebhookStore;
  readonly dispatcher: SignalDispatcher;
  readonly tellLinkSessions: TellLinkSessions;
  readonly keyRing: KeyRing;
  readonly bodies: WebhookBodies;
  readonly logger: Logger;
  readonly askProviders: AskProviders;
  readonly metrics?: IntakeMetrics;
}): WebhookIntake {
  const { db, store, dispatcher, tellLinkSessions, logger, askProviders, metrics } = deps;

  async function commit(webhooks: readonly WebhookToStore[]): Promise<readonly Stored[]> {
    const first = new Map(webhooks.toReversed().map((webhook) => [keyOf(webhook), webhook]));
    return answersFor(webhooks, await store.store([...first.values()]));
  }

  async function commitConsent(webhooks: readonly WebhookToStore[]): Promise<readonly Stored[]> {
    const [webhook] = webhooks;
    if (!webhook) return [];
    // Where the database hangs, this makes way for the next one.
    const storing = storeConsentWebhook(db, webhook);
    const { stored, connections } = await within(LIMITS.mostPatienceMs, storing);
    if (connections.length > 0) askProviders(connections);
    return answersFor(webhooks, stored);
  }

  /** Workflows are told here: also of one that came through after its sender had been refused. */
  function answersFor(webhooks: readonly WebhookToStore[], stored: StoredWebhooks): Stored[] {
    metrics?.committed(webhooks.length);
    for (const [webhookId, effects] of stored) {
      dispatcher.dispatch(effects.map((effect) => ({ ...effect, webhookId })));
    }
    for (const webhook of webhooks) if (stored.has(webhook.id)) tellLinkSessions(webhook);
    return webhooks.map(({ id }) => stored.get(id) ?? null);
  }

  const group = createGroupCommit({ ...LIMITS, commit });
  const consents = createGroupCommit({
    ...LIMITS,
    commit: commitConsent,
    mostInCommit: 1,
    mostBytes: LIMITS.mostBytes / 4,
  });
  metrics?.showWaiting(() => group.size() + consents.size());

  async function add(webhook: WebhookToStore): Promise<Stored> {
    try {
      return await (isOfConsent(webhook) ? consents : group).add(webhook);
    } catch (err) {
      if (!isOfValue(err) || !webhook.readable) throw err;
      // Of what Postgres refuses the body is kept, to be replayed: the sender can do nothing about it.
      logger.error({ err, provider: webhook.provider }, 'webhook kept as unreadable');
      return await group.add(asUnreadable(webhook));
    }
  }

  async function accept(provider: Provider, body: Uint8Array): Promise<AcceptedWebhook> {
    const webhook = toStore(provider, body, deps);
    const stored = await add(webhook);
    if (stored) return { webhookId: webhook.id, effects: stored.length };
    if (webhook.occurredAt !== null || !hasEffect(webhook)) {
      return { webhookId: null, effects: 0 };
    }
    await within(LIMITS.patienceMs, giveUpKey(db, webhook));
    return await accept(provider, body);
  }

  return { accept };
}

/** It is stored in a transaction of its own. */
const isOfConsent = ({ products, asksProvider, linkSessions = [] }: WebhookToStore): boolean =>
  products.includes('connection') || asksProvider || linkSessions.length > 0;

/** Of a link session the same words tell the same. */
const hasEffect = ({ products, asksProvider }: WebhookToStore): boolean =>
  products.length > 0 || asksProvider;

const keyOf = ({ provider, dedupeKey }: WebhookToStore): string => `${provider} ${dedupeKey}`;
