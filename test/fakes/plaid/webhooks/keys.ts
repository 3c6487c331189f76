import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import type { Clock } from '../clock.ts';

/** A key that webhooks are signed with. */
export interface WebhookKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  /** Seconds since 1970, as on the wire. */
  readonly createdAt: number;
  expiredAt: number | null;
}

export interface WebhookKeys {
  current(): WebhookKey;
  find(kid: string): WebhookKey | null;
  /** Signs with a new key from now on. The old one stays valid until it is expired. */
  rotate(): Promise<WebhookKey>;
  /** Sets `expired_at`: now, or at another second. Of the current key when no kid is given. */
  expire(kid?: string, at?: number): void;
}

export async function createWebhookKeys(clock: Clock): Promise<WebhookKeys> {
  const keys = new Map<string, WebhookKey>();
  let current = await createWebhookKey(clock);
  keys.set(current.kid, current);
  return {
    current: () => current,
    find: (kid) => keys.get(kid) ?? null,
    async rotate() {
      current = await createWebhookKey(clock);
      keys.set(current.kid, current);
      return current;
    },
    expire(kid = current.kid, at = Math.floor(clock.now() / 1000)) {
      const key = keys.get(kid);
      if (key === undefined) throw new Error(`there is no key ${kid}`);
      key.expiredAt = at;
    },
  };
}

/** A key pair on P-256, in no list of anybody: what a forger would sign with, too. */
export async function createWebhookKey(clock: Clock): Promise<WebhookKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid: randomUUID(),
    privateKey,
    publicJwk: await exportJWK(publicKey),
    createdAt: Math.floor(clock.now() / 1000),
    expiredAt: null,
  };
}
