import { openBody } from '../../credentials/webhook-body.ts';
import {
  replayWebhook,
  type ReplayOutcome,
  type WebhookToReplay,
} from '../../db/webhooks/replay-webhook.ts';
import type { WebhookReading } from '../../db/webhooks/store-webhooks.ts';
import type { ApiDeps } from '../deps.ts';
import { readWebhook } from './to-store.ts';

/**
 * Has a stored webhook take effect again, on the accounts that it concerns now, and tells their workflows in the
 * background. What is newer than it stays as it is.
 */
export async function replay(
  { db, keyRing, providers, dispatcher, tellLinkSessions, askProviders, logger }: ApiDeps,
  id: string,
): Promise<ReplayOutcome['outcome']> {
  function read(webhook: WebhookToReplay): WebhookReading | null {
    const provider = providers.get(webhook.provider);
    const body = openBody(keyRing, webhook);
    return provider && body ? readWebhook(provider, body, logger) : null;
  }
  const done = await replayWebhook(db, id, read);
  if (done.outcome === 'replayed') {
    dispatcher.dispatch(done.effects.map((effect) => ({ ...effect, webhookId: id })));
    if (done.reading) tellLinkSessions(done.reading);
    askProviders(done.connections);
  }
  return done.outcome;
}
