import { createHash } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { Clock } from '../clock.ts';
import { createWebhookKey, type WebhookKey, type WebhookKeys } from './keys.ts';

/** What is wrong with a signature; nothing where left out. */
export interface Forgery {
  /** Signed with a key of a stranger, under the kid of the current one. */
  readonly strangersKey?: boolean;
  /** `HS256`: with the public key's `x` as the secret, which everybody can know. */
  readonly alg?: 'ES256' | 'HS256' | 'none';
  /** Hexadecimal; in place of the body's own. */
  readonly bodySha256?: string;
  /** Seconds that `iat` lies in the past; negative for the future. */
  readonly ageSeconds?: number;
  readonly kid?: string;
  readonly withoutKid?: boolean;
  readonly withoutIat?: boolean;
  /** Signed by this key of ours: a rotated or an expired one. */
  readonly key?: WebhookKey;
}

/**
 * The `Plaid-Verification` header: a JWT by ES256 with `kid` and `typ` in its header, and `iat` and
 * `request_body_sha256` as claims (docs/api/webhooks/webhook-verification).
 */
export async function signWebhook(
  keys: WebhookKeys,
  clock: Clock,
  body: string,
  forgery: Forgery = {},
): Promise<string> {
  const key = forgery.key ?? keys.current();
  const iat = Math.floor(clock.unmoved() / 1000) - (forgery.ageSeconds ?? 0);
  const claims = {
    ...(forgery.withoutIat === true ? {} : { iat }),
    request_body_sha256: forgery.bodySha256 ?? sha256(body),
  };
  const kid = forgery.withoutKid === true ? {} : { kid: forgery.kid ?? key.kid };
  if (forgery.alg === 'none') return unsigned(claims, kid);
  const alg = forgery.alg ?? 'ES256';
  const jwt = new SignJWT(claims).setProtectedHeader({ alg, ...kid, typ: 'JWT' });
  if (alg === 'HS256') return jwt.sign(new TextEncoder().encode(String(key.publicJwk.x)));
  const signer = forgery.strangersKey === true ? await createWebhookKey(clock) : key;
  return jwt.sign(signer.privateKey);
}

export function sha256(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** `jose` writes no kid into an unsecured JWT; a forger would. */
function unsigned(claims: Record<string, unknown>, kid: { readonly kid?: string }): string {
  const [, payload] = new UnsecuredJWT(claims).encode().split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'none', ...kid, typ: 'JWT' }));
  return `${header.toString('base64url')}.${payload}.`;
}
