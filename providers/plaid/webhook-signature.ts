import { hash, timingSafeEqual } from 'node:crypto';
import { compactVerify } from 'jose';
import type { WebhookRequest } from '../provider.ts';
import type { WebhookKeys } from './webhook-keys.ts';
import { readClaims, readToken, type ClaimedToken } from './webhook-token.ts';

/** Older ones are to be refused, by Plaid's documentation. */
const MOST_AGE_MS = 5 * 60_000;
/** How far Plaid's clock may be ahead of ours. */
const MOST_AHEAD_MS = 60_000;

/**
 * Whether Plaid sent this: a JWT of ES256 in `Plaid-Verification`, not older than five minutes, over the
 * SHA-256 of the raw body, by a key that Plaid knows and has not ended. The cheap parts come first: only
 * a token that is in order but for its signature has a key looked up.
 */
export async function isFromPlaid(
  request: WebhookRequest,
  deps: { readonly keys: WebhookKeys; now(): number },
): Promise<boolean> {
  const claimed = readToken(request.headers);
  const claims = claimed && readClaims(claimed);
  if (!claimed || !claims) return false;
  const age = deps.now() - claims.iat * 1_000;
  if (!(age <= MOST_AGE_MS && age >= -MOST_AHEAD_MS)) return false;
  if (!isHashOf(claims.request_body_sha256, request.body)) return false;
  const key = await deps.keys.find(claimed.kid);
  return key !== null && (await isSignedBy(key, claimed));
}

async function isSignedBy(
  key: Parameters<typeof compactVerify>[1],
  { jwt }: ClaimedToken,
): Promise<boolean> {
  try {
    await compactVerify(jwt, key, { algorithms: ['ES256'] });
    return true;
  } catch {
    return false;
  }
}

function isHashOf(claimed: string, body: Uint8Array): boolean {
  return timingSafeEqual(Buffer.from(claimed, 'hex'), hash('sha256', body, 'buffer'));
}
