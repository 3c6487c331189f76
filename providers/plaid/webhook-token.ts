import { z } from 'zod';
import type { WebhookRequest } from '../provider.ts';

/** What a `Plaid-Verification` header claims. Nothing of it is proven. */
export interface ClaimedToken {
  readonly jwt: string;
  readonly kid: string;
}

const JWT = /^[\w-]{1,2048}\.[\w-]{1,4096}\.[\w-]{1,1024}$/;

// Whatever else the header holds is not looked at: no key is taken from it, nor where to get one.
const protectedHeader = z.object({
  alg: z.literal('ES256'),
  kid: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
});

/** Null where the header is missing, is no JWT, or one that is signed in another way than ES256. */
export function readToken(headers: WebhookRequest['headers']): ClaimedToken | null {
  const jwt = headers['plaid-verification'] ?? '';
  if (!JWT.test(jwt)) return null;
  const parsed = protectedHeader.safeParse(jsonOf(jwt.slice(0, jwt.indexOf('.'))));
  return parsed.success ? { jwt, kid: parsed.data.kid } : null;
}

const payload = z.object({
  iat: z.number(),
  request_body_sha256: z.string().regex(/^[\da-f]{64}$/),
});

export type WebhookClaims = z.output<typeof payload>;

/** The claims of a JWT that `readToken` took; null where they are not Plaid's. */
export function readClaims({ jwt }: ClaimedToken): WebhookClaims | null {
  return payload.safeParse(jsonOf(jwt.split('.')[1] ?? '')).data ?? null;
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
