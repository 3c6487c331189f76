import { hash, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../provider.ts';

/**
 * Answers with what tells whether headers carry the secret, which Mono sends as it is (`mono-webhook-secret`,
 * docs.mono.co/docs/webhooks). Both sides are hashed first, so that the comparison takes as long for a secret
 * of any length.
 */
export function secretCheck(secret: string): (headers: WebhookRequest['headers']) => boolean {
  const wanted = sha256(secret);
  return (headers) => {
    const given = headers['mono-webhook-secret'];
    return timingSafeEqual(sha256(given ?? ''), wanted) && given !== undefined;
  };
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
