import { describe, expect, it } from 'vitest';
import type { Provider, WebhookRequest } from '../../../providers/provider.ts';
import type { PlaidFake } from '../../fakes/plaid/fake.ts';
import { createWebhookKey } from '../../fakes/plaid/webhooks/keys.ts';
import type { Forgery } from '../../fakes/plaid/webhooks/sign.ts';
import { plaidFake } from '../../fakes/support.ts';
import { errorOf, providerOf } from './bank.ts';

const LOOKUPS = '/webhook_verification_key/get';
const BODY = { webhook_type: 'ITEM', webhook_code: 'LOGIN_REPAIRED', item_id: 'item-1' };
const MINUTE = 60_000;

async function setUp(): Promise<{
  readonly fake: PlaidFake;
  readonly provider: Provider;
  readonly clock: { now: number };
  readonly signed: (forgery?: Forgery) => Promise<WebhookRequest>;
  readonly verify: (forgery?: Forgery) => Promise<boolean>;
}> {
  const clock = { now: Date.now() };
  const fake = await plaidFake({ clock: () => clock.now });
  const provider = providerOf(fake.url, {}, () => clock.now);
  const signed = async (forgery: Forgery = {}): Promise<WebhookRequest> => {
    const { headers, body } = await fake.control.webhooks.sign(
      'http://127.0.0.1:9/',
      BODY,
      forgery,
    );
    return {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: Buffer.from(body),
    };
  };
  return {
    fake,
    provider,
    clock,
    signed,
    verify: async (forgery) => await provider.verifyWebhook(await signed(forgery)),
  };
}

describe('a webhook of Plaid', () => {
  it('is told by its signature, with one look-up of the key', async () => {
    const { fake, provider, signed, verify } = await setUp();
    const all = await Promise.all(Array.from({ length: 20 }, () => verify()));
    expect(all).toEqual(all.map(() => true));
    expect(await verify()).toBe(true);
    expect(fake.control.calls(LOOKUPS)).toHaveLength(1);
    expect(provider.isRefusedByHeaders?.((await signed()).headers)).toBe(false);
  });

  it('goes on under a new key, and not under one that Plaid has ended', async () => {
    const { fake, clock, verify } = await setUp();
    const old = fake.control.keys.current();
    expect(await verify()).toBe(true);
    await fake.control.keys.rotate();
    expect(await verify()).toBe(true);
    expect(await verify({ key: old })).toBe(true);
    fake.control.keys.expire(old.kid);
    clock.now += 61 * MINUTE;
    expect(await verify({ key: old })).toBe(false);
    expect(await verify()).toBe(true);
  });

  it('keeps a key no longer than Plaid says that it lasts', async () => {
    const { fake, clock, verify } = await setUp();
    fake.control.keys.expire(undefined, Math.floor(clock.now / 1_000) + 600);
    expect(await verify()).toBe(true);
    clock.now += 11 * MINUTE;
    expect(await verify()).toBe(false);
    expect(fake.control.calls(LOOKUPS)).toHaveLength(1);
  });
});

describe('what is not of Plaid', () => {
  it.each<[string, Forgery]>([
    ['without a signature', { alg: 'none' }],
    ['signed with the public key as a secret', { alg: 'HS256' }],
    ['signed with a key of a stranger', { strangersKey: true }],
    ['of another body', { bodySha256: '0'.repeat(64) }],
    ['with a hash that is none', { bodySha256: 'x' }],
    ['more than five minutes old', { ageSeconds: 302 }],
    ['of the future', { ageSeconds: -90 }],
    ['of no time', { withoutIat: true }],
    ['of no key', { withoutKid: true }],
    ['of a key with an odd name', { kid: '../../etc' }],
    ['of a key that there is not', { kid: '00000000-0000-4000-8000-000000000000' }],
  ])('is refused: %s', async (_, forgery) => {
    const { verify } = await setUp();
    expect(await verify(forgery)).toBe(false);
  });

  it('may be some minutes old, and a little ahead', async () => {
    const { verify } = await setUp();
    expect(await verify({ ageSeconds: 290 })).toBe(true);
    expect(await verify({ ageSeconds: -30 })).toBe(true);
  });

  it('is a genuine signature over a body that was changed by a space', async () => {
    const { provider, signed } = await setUp();
    const { headers, body } = await signed();
    const compact = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString())));
    expect(await provider.verifyWebhook({ headers, body: compact })).toBe(false);
    expect(await provider.verifyWebhook({ headers, body: new Uint8Array() })).toBe(false);
    expect(await provider.verifyWebhook({ headers, body })).toBe(true);
  });

  it('is a genuine header with another payload or signature', async () => {
    const { provider, signed } = await setUp();
    const { headers, body } = await signed();
    const [head, payload = '', signature = ''] = (headers['plaid-verification'] ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number };
    const later = Buffer.from(JSON.stringify({ ...claims, iat: claims.iat - 1 }));
    for (const jwt of [
      `${head}.${later.toString('base64url')}.${signature}`,
      `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${head}.${payload}.AAAA`,
    ]) {
      expect(await provider.verifyWebhook({ headers: { 'plaid-verification': jwt }, body })).toBe(
        false,
      );
    }
  });

  it.each([undefined, '', 'x', 'a.b', 'a.b.c', 'a.b.c.d', '{}.{}.{}', `${'a'.repeat(9_000)}.b.c`])(
    'shows by a header such as %s, without a look-up',
    async (header) => {
      const { fake, provider } = await setUp();
      const headers = { 'plaid-verification': header };
      expect(provider.isRefusedByHeaders?.(headers)).toBe(true);
      expect(await provider.verifyWebhook({ headers, body: new Uint8Array() })).toBe(false);
      expect(fake.control.calls(LOOKUPS)).toEqual([]);
    },
  );

  it('shows by its header where the signature is of another kind', async () => {
    const { provider, signed } = await setUp();
    for (const alg of ['none', 'HS256'] as const) {
      expect(provider.isRefusedByHeaders?.((await signed({ alg })).headers)).toBe(true);
    }
  });
});

describe('look-ups of keys', () => {
  it('are not repeated for a key that there is not', async () => {
    const { fake, clock, verify } = await setUp();
    const kid = '00000000-0000-4000-8000-000000000000';
    for (let time = 0; time < 3; time += 1) expect(await verify({ kid })).toBe(false);
    expect(fake.control.calls(LOOKUPS)).toHaveLength(1);
    clock.now += 6 * MINUTE;
    expect(await verify({ kid })).toBe(false);
    expect(fake.control.calls(LOOKUPS)).toHaveLength(2);
  });

  it('that strangers cause are few, and known keys do not suffer', async () => {
    const { fake, clock, verify } = await setUp();
    expect(await verify()).toBe(true);
    let refused = 0;
    for (let kid = 0; kid < 40; kid += 1) {
      await verify({ kid: `made-up-${kid}` }).catch(() => (refused += 1));
    }
    expect(fake.control.calls(LOOKUPS)).toHaveLength(30);
    expect(refused).toBe(11);
    expect(await verify()).toBe(true);
    const error = await errorOf(verify({ kid: 'made-up-too' }));
    expect(error).toMatchObject({ kind: 'retry', code: 'webhook_key_lookups' });
    clock.now += 2 * MINUTE;
    expect(await verify({ kid: 'made-up-later' })).toBe(false);
  });

  it('that fail are told as such, and are made again', async () => {
    const { fake, verify } = await setUp();
    const outage = fake.control.faults.add({
      endpoint: LOOKUPS,
      times: 2,
      fault: { kind: 'error', code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(await errorOf(verify())).toMatchObject({ kind: 'retry' });
    expect(await errorOf(verify())).toMatchObject({ kind: 'retry' });
    expect(outage.hits).toBe(2);
    expect(await verify()).toBe(true);
  });

  it('believe no answer that is another key', async () => {
    const { fake, verify } = await setUp();
    const stranger = await createWebhookKey(fake.control.clock);
    for (const key of [
      { ...stranger.publicJwk, kid: 'another', alg: 'ES256' },
      { ...stranger.publicJwk, crv: 'P-384' },
      { kty: 'oct', k: 'AAAA' },
      { kty: 'EC', crv: 'P-256', alg: 'ES256', x: 'AA', y: 'AA' },
      null,
    ]) {
      fake.control.faults.add({
        endpoint: LOOKUPS,
        fault: { kind: 'alter', alter: (body) => ({ ...body, key }) },
      });
      await fake.control.keys.rotate();
      expect(await verify()).toBe(false);
    }
  });
});
