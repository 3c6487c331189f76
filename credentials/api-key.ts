import { createHash, randomBytes } from 'node:crypto';

/** A new API key: `fsh_` and 256 random bits. Shown once; only its hash is kept. */
export function createApiKey(): string {
  return `fsh_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256. Enough for a key of 256 random bits, which no dictionary holds. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The part of a key that tells it from others and opens nothing. */
export const apiKeyPrefix = (key: string): string => key.slice(0, 12);
