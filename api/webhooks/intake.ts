import type { WebhookBodies } from '../../credentials/webhook-body.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { Database } from '../../db/connect.ts';
import { storeAgain } from '../../db/webhooks/store-again.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import type { StoredEffect, WebhookToStore } from '../../db/webhooks/store-webhooks.ts';
import { isOfStatement, type WebhookStore } from '../../db/webhooks/webhook-store.ts';
import type { Provider } from '../../providers/provider.ts';
import type { IntakeMetrics } from '../metrics/intake-metrics.ts';
import { createGroupCommit } from './group-commit.ts';
import type { SignalDispatcher } from './signal-dispatcher.ts';
import { toStore } from './to-store.ts';
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

/** The database is asked for connections by these, and by nothing else of the intake. */
export const STORE_CONNECTIONS = 2;

const LIMITS = {
  commitsAtOnce: STORE_CONNECTIONS,
  mostInCommit: 200,
  mostBytesInCommit: 2 * MIB,
  mostBytes: 64 * MIB,
  // With it the answer comes in less than a second.
  patienceMs: 800,
  mostPatienceMs: 8_000,
};

export function createWebhookIntake(deps: {
  readonly db: Database;
  readonly store: WebhookStore;
  readonly dispatcher: SignalDispatcher;
  readonly keyRing: KeyRing;
  readonly bodies: WebhookBodies;
  readonly metrics?: IntakeMetrics;
}): WebhookIntake {
  const { db, store, dispatcher, metrics } = deps;

  async function commit(webhooks: readonly WebhookToStore[]): Promise<readonly Stored[]> {
    const first = new Map(webhooks.toReversed().map((webhook) => [keyOf(webhook), webhook]));
    const stored = await store.store([...first.values()]);
    metrics?.committed(webhooks.length);
    // Signalled here, where also one is told that came through after its sender had been refused.
    for (const [webhookId, effects] of stored) tell(webhookId, effects);
    return webhooks.map(({ id }) => stored.get(id) ?? null);
  }

  async function commitConsent([webhook]: readonly WebhookToStore[]): Promise<readonly Stored[]> {
    if (!webhook) return [];
    // Where the database hangs, this makes way for the next one.
    const stored = await within(LIMITS.mostPatienceMs, storeConsentWebhook(db, webhook));
    metrics?.committed(1);
    for (const [webhookId, effects] of stored) tell(webhookId, effects);
    return [stored.get(webhook.id) ?? null];
  }

  function tell(webhookId: string, effects: readonly StoredEffect[]): void {
    dispatcher.dispatch(effects.map((effect) => ({ ...effect, webhookId })));
  }

  const common = { ...LIMITS, isOfItem: isOfStatement, bytesOf };
  const group = createGroupCommit({ ...common, commit });
  const consents = createGroupCommit({ ...common, commit: commitConsent, mostInCommit: 1 });
  metrics?.showWaiting(() => group.size() + consents.size());

  return {
    async accept(provider, body) {
      const webhook = toStore(provider, body, deps);
      const isOfConsent = webhook.products.includes('connection');
      const stored = await (isOfConsent ? consents : group).add(webhook);
      if (stored) return { webhookId: webhook.id, effects: stored.length };
      const again = await within(LIMITS.patienceMs, storeAgain(db, webhook));
      if (again.id !== null) tell(again.id, again.effects);
      return { webhookId: null, effects: again.effects.length };
    },
  };
}

const bytesOf = ({ body }: WebhookToStore): number => body.length;

const keyOf = ({ provider, dedupeKey }: WebhookToStore): string => `${provider} ${dedupeKey}`;
