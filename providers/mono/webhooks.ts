import { hash } from 'node:crypto';
import { WebhookUnreadable } from '../errors.ts';
import { parseJson, type LosslessDocument } from '../json.ts';
import type { Timestamp, TranslatedWebhook, WebhookEffect } from '../provider.ts';
import { readEvent } from './event.ts';
import type { Parts } from './parts.ts';
import { effectsOf } from './webhook-effects.ts';

/**
 * What an event means. Throws `WebhookUnreadable` when the body is not a JSON object; anything else about it
 * may be missing or odd, and then means less.
 */
export function translateWebhook(body: Uint8Array): TranslatedWebhook {
  const { document, parts } = parseBody(body);
  const event = readEvent(parts);
  const { type, eventId, account } = event;
  const said = effectsOf(event, document);
  return {
    type,
    // Three events have an id since January 2026. A re-delivery has the same body.
    dedupeKey: `${type}:${eventId ?? hash('sha256', body)}`,
    occurredAt: event.sentAt ?? timeOf(said.effects),
    providerConnectionId: account,
    providerAccountId: account,
    ...said,
  };
}

/**
 * Without a time of its own, that of the balance that it brings. When the account was last changed says
 * nothing of when a retrieval failed.
 */
function timeOf(effects: readonly WebhookEffect[]): Timestamp | null {
  return effects.find((effect) => effect.kind === 'balance')?.balance.dataAsOf ?? null;
}

function parseBody(body: Uint8Array): {
  readonly document: LosslessDocument;
  readonly parts: Parts;
} {
  try {
    const document = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
    const parts = document.value;
    if (typeof parts === 'object' && parts !== null && !Array.isArray(parts)) {
      return { document, parts };
    }
  } catch {
    // Told below, without the parser's message: it may quote the body.
  }
  throw new WebhookUnreadable('mono: the webhook body is not a JSON object');
}
