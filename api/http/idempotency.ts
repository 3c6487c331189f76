import { createHash } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { Database } from '../../db/connect.ts';
import {
  claimIdempotencyKey,
  keepAnswer,
  releaseIdempotencyKey,
  type IdempotentCall,
} from '../../db/idempotency-keys.ts';
import type { ApiEnv } from '../deps.ts';
import { Problem } from './problem.ts';

const LONGEST_KEY = 255;

/**
 * A repeated call with the same `Idempotency-Key` gets the first one's answer, marked
 * `Idempotency-Replayed: true`, for a day. Only a success is kept: what was refused, or failed, may be
 * mended and sent again under the same key.
 *
 * @param keyRing seals the answers that are kept, where they hold a secret.
 */
export function idempotent(db: Database, keyRing?: KeyRing) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined) return await next();
    if (key.length === 0 || key.length > LONGEST_KEY) {
      const message = `must have 1 to ${LONGEST_KEY} characters`;
      const errors = [{ field: 'Idempotency-Key', message }];
      throw new Problem(400, 'invalid_request', `Idempotency-Key: ${message}`, { errors });
    }
    const hash = createHash('sha256').update(`${c.req.method} ${c.req.path}\n`);
    const requestHash = hash.update(await c.req.text()).digest();
    const call: IdempotentCall = { apiKeyId: c.get('apiKeyId'), key, requestHash };
    const row = `answer:${call.apiKeyId}:${key}`;
    const claim = await claimIdempotencyKey(db, call);
    if (claim.state === 'answered') {
      const body = keyRing?.open(Buffer.from(claim.body, 'base64'), row) ?? claim.body;
      return new Response(body, {
        status: claim.status,
        headers: {
          'Content-Type': 'application/json',
          'Idempotency-Replayed': 'true',
        },
      });
    }
    if (claim.state === 'mismatch') {
      const detail = 'This Idempotency-Key was used for another request.';
      throw new Problem(422, 'idempotency_key_reused', detail);
    }
    if (claim.state === 'running') {
      const detail = 'A call with this Idempotency-Key is under way.';
      throw new Problem(409, 'idempotency_key_in_use', detail, { retryAfterSeconds: 1 });
    }
    await next();
    if (!c.res.ok) return await releaseIdempotencyKey(db, call);
    const text = await c.res.clone().text();
    const body = keyRing?.seal(text, row).toString('base64') ?? text;
    await keepAnswer(db, call, { status: c.res.status, body });
  });
}
