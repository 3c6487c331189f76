import { hash, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../provider.ts';

/**
 * Whether the request carries `Authorization: Bearer <token>`. The vendor never documented a
 * signature, only a token set beside the webhook's URL; the header is inferred. Both sides are
 * hashed first, so that the comparison takes as long for a token of any length.
 */
export function carriesToken(request: WebhookRequest, token: string): boolean {
  const match = /^bearer +(\S+) *$/i.exec(request.headers['authorization'] ?? '');
  const given = match?.[1] ?? '';
  return timingSafeEqual(sha256(given), sha256(token)) && match !== null;
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
