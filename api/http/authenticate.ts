import { timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Database } from '../../db/connect.ts';
import { findApiKey } from '../../db/api-keys.ts';
import { hashApiKey } from '../../credentials/api-key.ts';
import type { ApiEnv } from '../deps.ts';
import { Problem } from './problem.ts';

/** Lets through what carries `Authorization: Bearer <API key>`; else 401. */
export function authenticate(db: Database) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const [scheme, key, ...rest] = (c.req.header('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !key || rest.length > 0) {
      throw unauthorized('Send an API key as Authorization: Bearer fsh_….');
    }
    const hash = hashApiKey(key);
    const stored = await findApiKey(db, hash);
    if (!stored || !timingSafeEqual(stored.hash, hash)) {
      throw unauthorized('This API key is unknown or revoked.');
    }
    c.set('apiKeyId', stored.id);
    await next();
  });
}

const unauthorized = (detail: string): Problem =>
  new Problem(401, 'unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
