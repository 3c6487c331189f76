import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

const PREFIX = 'whsec_';
const NEW_BYTES = 32;
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

/** A new secret of an endpoint, as its operator gets to see it. */
export function createEndpointSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64');
}

/**
 * The key in a secret; null when it is not `whsec_` and the padded base64 of 24 to 64 bytes, which is what Standard
 * Webhooks asks for (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export function parseEndpointSecret(secret: string): KeyObject | null {
  if (!secret.startsWith(PREFIX)) return null;
  const text = secret.slice(PREFIX.length);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < FEWEST_BYTES || bytes.length > MOST_BYTES) return null;
  // Node skips what is no base64; a verifier elsewhere may not, and would have another key.
  return bytes.toString('base64') === text ? createSecretKey(bytes) : null;
}
