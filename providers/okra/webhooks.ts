import { hash } from 'node:crypto';
import { WebhookUnreadable } from '../errors.ts';
import { parseJson, type LosslessDocument, type LosslessJson } from '../json.ts';
import type { TranslatedWebhook } from '../provider.ts';
import { connectionId } from './connection.ts';
import { readEvent } from './event.ts';
import { effectsOf } from './webhook-effects.ts';

/**
 * What an event means. Throws `WebhookUnreadable` when the body is not a JSON object; anything else
 * about it may be missing or odd, and then means less: at worst that everything of the product is to be
 * read.
 */
export function translateWebhook(body: Uint8Array): TranslatedWebhook {
  const { document, parts } = parseBody(body);
  const okra = readEvent(parts);
  const { type, customer, bank } = okra;
  return {
    type,
    // No event carries an id. The body holds all that tells two of them apart: code, record,
    // ended_at, account.
    dedupeKey: `${type}:${hash('sha256', body)}`,
    occurredAt: okra.time,
    providerConnectionId: customer && bank ? connectionId({ customer, bank }) : null,
    providerAccountId: okra.account,
    ...effectsOf(okra, parts, document),
  };
}

function parseBody(body: Uint8Array): {
  readonly document: LosslessDocument;
  readonly parts: { readonly [key: string]: LosslessJson };
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
  throw new WebhookUnreadable('okra: the webhook body is not a JSON object');
}
