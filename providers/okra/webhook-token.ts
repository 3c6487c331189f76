import { hash, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../provider.ts';

/**
 * Answers with what tells whether headers carry `Authorization: Bearer <token>`. The vendor never
 * documented a signature, only a token set beside the webhook's URL; the header is inferred. Both sides are
 * hashed first, so that the comparison takes as long for a token of any length.
 */
export function tokenCheck(token: string): (headers: WebhookRequest['headers']) => boolean {
  const wanted = sha256(token);
  return (headers) => {
    const match = /^bearer +(\S+) *$/i.exec(headers['authorization'] ?? '');
    return timingSafeEqual(sha256(match?.[1] ?? ''), wanted) && match !== null;
  };
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
