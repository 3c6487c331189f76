import { importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import type { LosslessJson } from '../json.ts';
import { plaidError } from './errors.ts';

/** A stored key is asked for again after this, so that one which Plaid ends does not count for long. */
const KNOWN_MS = 60 * 60_000;
const UNKNOWN_MS = 5 * 60_000;
const MOST_KEPT = 1_000;
/** Look-ups that strangers can cause with made-up ids. Known keys do not count. */
const LOOKUPS_A_MINUTE = 30;

export interface WebhookKeys {
  /**
   * The public key of that id; null where Plaid knows none, or has ended it. Rejects with a
   * `ProviderError` where that cannot be told now.
   */
  find(kid: string): Promise<CryptoKey | null>;
}

interface Kept {
  readonly key: CryptoKey | null;
  /** When Plaid ends it, in milliseconds since 1970. */
  readonly endsAt: number;
  readonly askedAt: number;
}

const seconds = z
  .string()
  .regex(/^\d{1,12}(\.\d+)?$/)
  .transform(Number);

const jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256').nullish(),
  kid: z.string().nullish(),
  x: z.string(),
  y: z.string(),
  expired_at: seconds.nullish(),
});

/**
 * Keeps the keys of webhooks by their id, those that there are and those that there are not. Many
 * webhooks of one key cause one look-up.
 *
 * @param lookUp asks Plaid; its `key` member.
 */
export function createWebhookKeys(deps: {
  lookUp(kid: string): Promise<LosslessJson | undefined>;
  now(): number;
}): WebhookKeys {
  const { lookUp, now } = deps;
  const kept = new Map<string, Kept>();
  const onTheirWay = new Map<string, Promise<Kept>>();
  let window = { from: 0, lookups: 0 };

  /** Whether a stranger's look-up may be made: a known key is no stranger's. */
  function mayAsk(kid: string): boolean {
    if (kept.get(kid)?.key) return true;
    if (now() - window.from >= 60_000) window = { from: now(), lookups: 0 };
    window.lookups += 1;
    return window.lookups <= LOOKUPS_A_MINUTE;
  }

  function keep(kid: string, found: Kept): void {
    kept.delete(kid);
    kept.set(kid, found);
    if (kept.size <= MOST_KEPT) return;
    // Ids that are no key's go first: those that strangers made up must not push out a real one.
    const [first] = [...kept].find(([, { key }]) => key === null) ?? [...kept][0] ?? [];
    if (first !== undefined) kept.delete(first);
  }

  async function ask(kid: string): Promise<Kept> {
    const found = { ...(await keyFrom(() => lookUp(kid), kid)), askedAt: now() };
    keep(kid, found);
    return found;
  }

  function get(kid: string): Promise<Kept> | Kept {
    const known = kept.get(kid);
    const freshMs = known?.key ? KNOWN_MS : UNKNOWN_MS;
    if (known && now() - known.askedAt < freshMs) return known;
    const running = onTheirWay.get(kid);
    if (running) return running;
    if (!mayAsk(kid)) throw plaidError('retry', 'webhook_key_lookups', { retryAfterMs: 60_000 });
    const asked = ask(kid).finally(() => onTheirWay.delete(kid));
    onTheirWay.set(kid, asked);
    return asked;
  }

  return {
    async find(kid) {
      const { key, endsAt } = await get(kid);
      return now() < endsAt ? key : null;
    },
  };
}

async function keyFrom(
  lookUp: () => Promise<LosslessJson | undefined>,
  kid: string,
): Promise<Pick<Kept, 'key' | 'endsAt'>> {
  const none = { key: null, endsAt: 0 };
  let answer: LosslessJson | undefined;
  try {
    answer = await lookUp();
  } catch (error) {
    if (isUnknownKey(error)) return none;
    throw error;
  }
  const parsed = jwk.safeParse(answer);
  if (!parsed.success || (parsed.data.kid ?? kid) !== kid) return none;
  const { kty, crv, x, y, expired_at: expiredAt } = parsed.data;
  const key = await importJWK({ kty, crv, x, y }, 'ES256').catch(() => null);
  if (key === null || key instanceof Uint8Array) return none;
  return { key, endsAt: expiredAt == null ? Number.POSITIVE_INFINITY : expiredAt * 1_000 };
}

/** INVALID_FIELD is what an id can get that has not the form of one. */
function isUnknownKey(error: unknown): boolean {
  return (
    error instanceof ProviderError &&
    ['invalid_webhook_verification_key_id', 'invalid_field'].includes(error.code)
  );
}
