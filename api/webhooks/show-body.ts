import type { z } from 'zod';
import type { KeyRing } from '../../credentials/key-ring.ts';
import { openBody, type StoredBody } from '../../credentials/webhook-body.ts';
import type { webhookBody } from '../schemas/webhook.ts';

/** What is shown of a stored body: as text, where it is that. */
export function showBody(
  keyRing: KeyRing,
  stored: StoredBody & { readonly id: string },
): z.infer<typeof webhookBody> {
  if (stored.body === null) return { content: null, encoding: null, missing: 'redacted' };
  const opened = openBody(keyRing, stored);
  if (opened === null) return { content: null, encoding: null, missing: 'key_missing' };
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { content: decoder.decode(opened), encoding: 'utf-8', missing: null };
  } catch {
    return { content: opened.toString('base64'), encoding: 'base64', missing: null };
  }
}
