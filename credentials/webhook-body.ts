import type { WebhookBodies } from '../config/webhook-bodies.ts';
import type { KeyRing } from './key-ring.ts';

/** A body as it stands in a row of the database. */
export interface StoredBody {
  readonly body: Buffer | null;
  readonly body_sealed: boolean;
}

/** What is to be stored of a body in the row of this id. */
export function sealBody(
  keyRing: KeyRing,
  kept: WebhookBodies,
  id: string,
  body: Uint8Array,
): StoredBody & { readonly body: Buffer } {
  return kept === 'plain'
    ? { body: Buffer.from(body), body_sealed: false }
    : { body: keyRing.seal(body, rowOf(id)), body_sealed: true };
}

/** The body as it arrived; null where it was redacted, or its key is not in the ring any more. */
export function openBody(
  keyRing: KeyRing,
  { id, body, body_sealed: isSealed }: StoredBody & { readonly id: string },
): Buffer | null {
  if (body === null || !isSealed) return body;
  try {
    return keyRing.openBytes(body, rowOf(id));
  } catch {
    return null;
  }
}

const rowOf = (id: string): string => `webhook:${id}`;
