import { hash } from 'node:crypto';
import { WebhookUnreadable } from '../errors.ts';
import { parseJson, type LosslessJson } from '../json.ts';
import type { TranslatedWebhook } from '../provider.ts';
import { effectsOf } from './webhook-effects.ts';

type Parts = { readonly [key: string]: LosslessJson };

/**
 * What a webhook means. Throws `WebhookUnreadable` when the body is not a JSON object; anything else about
 * it may be missing or odd, and then means less. Plaid gives neither an id nor a time: a body that
 * comes again may be a new event in the same words, and is treated as one.
 */
export function translateWebhook(body: Uint8Array): TranslatedWebhook {
  const parts = parseBody(body);
  const type = `${wordIn(parts['webhook_type'])}:${wordIn(parts['webhook_code'])}`;
  return {
    type,
    dedupeKey: `${type}:${hash('sha256', body)}`,
    occurredAt: null,
    providerConnectionId: idIn(parts['item_id']),
    providerAccountId: idIn(parts['account_id']),
    ...effectsOf(type, parts),
  };
}

const wordIn = (value: LosslessJson | undefined): string =>
  typeof value === 'string' && /^[A-Z0-9_]{1,64}$/.test(value) ? value : 'UNKNOWN';

const idIn = (value: LosslessJson | undefined): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : null;

function parseBody(body: Uint8Array): Parts {
  try {
    const { value } = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, without the parser's message: it may quote the body.
  }
  throw new WebhookUnreadable('plaid: the webhook body is not a JSON object');
}
