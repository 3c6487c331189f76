import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import type { PlaidApi } from 'plaid';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { WebhookNews } from './plaid/control/webhooks.ts';
import type { PlaidFake } from './plaid/fake.ts';
import { createWebhookKey } from './plaid/webhooks/keys.ts';
import type { SignedRequest } from './plaid/webhooks/post.ts';
import type { Forgery } from './plaid/webhooks/sign.ts';
import { clientOf, plaidFake, refusal, syncAll, webhookEndpoint } from './plaid-support.ts';

/** As Plaid documents it, with nothing of the fake but the official client's calls. */
async function verify(client: PlaidApi, text: string, jwt: string, now: number): Promise<void> {
  const header = decodeProtectedHeader(jwt);
  if (header.alg !== 'ES256') throw new Error('alg');
  const { data } = await client.webhookVerificationKeyGet({ key_id: header.kid ?? '' });
  if (data.key.expired_at !== null) throw new Error('expired key');
  const key = await importJWK(data.key, 'ES256');
  const { payload } = await jwtVerify(jwt, key, {
    algorithms: ['ES256'],
    maxTokenAge: '5 min',
    currentDate: new Date(now),
  });
  const given = Buffer.from(String(payload['request_body_sha256']));
  const own = Buffer.from(createHash('sha256').update(text).digest('hex'));
  if (given.length !== own.length || !timingSafeEqual(given, own)) throw new Error('body');
}

describe('signatures', () => {
  it('are good for the bytes that were sent, written with two spaces', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, client, accountId } = await linked(endpoint.url);
    fake.control.bookPosted(accountId, { amount: '1.00' });
    const told = await eventually(() => endpoint.arrived[0]);
    await verify(client, told.text, told.verification, Date.now());
    expect(told.text).toBe(JSON.stringify(told.body, null, 2));
    expect(decodeProtectedHeader(told.verification)).toEqual({
      alg: 'ES256',
      kid: fake.control.keys.current().kid,
      typ: 'JWT',
    });
    const compact = JSON.stringify(told.body);
    await expect(verify(client, compact, told.verification, Date.now())).rejects.toThrow('body');
  });

  it.each([
    ["a stranger's key", { strangersKey: true }, /signature/],
    ['HS256', { alg: 'HS256' }, /alg/],
    ['none', { alg: 'none' }, /alg/],
    ['another body', { bodySha256: '0'.repeat(64) }, /body/],
    ['an old iat', { ageSeconds: 301 }, /iat/],
    ['a future iat', { ageSeconds: -600 }, /iat/],
    ['no iat', { withoutIat: true }, /iat/],
    ['an unknown kid', { kid: 'b7a2a5a0-0000-4000-8000-000000000000' }, /400/],
    ['no kid', { withoutKid: true }, /400/],
  ] satisfies [string, Forgery, RegExp][])('can be forged: %s', async (_, forgery, why) => {
    const { client, captured } = await capturing();
    const good = await captured();
    await verify(client, good.body, jwtOf(good), Date.now());
    const bad = await captured(forgery);
    await expect(verify(client, bad.body, jwtOf(bad), Date.now())).rejects.toThrow(why);
  });

  it('change their key, and the old one is good until it is expired', async () => {
    const { fake, client, captured } = await capturing();
    const old = fake.control.keys.current();
    const before = await captured();
    const next = await fake.control.keys.rotate();
    const after = await captured();
    expect(decodeProtectedHeader(jwtOf(after)).kid).toBe(next.kid);
    for (const { body, headers } of [before, after]) {
      await verify(client, body, headers['plaid-verification'] ?? '', Date.now());
    }
    fake.control.keys.expire(old.kid);
    const { data } = await client.webhookVerificationKeyGet({ key_id: old.kid });
    expect(data.key).toMatchObject({ kid: old.kid, kty: 'EC', crv: 'P-256', use: 'sig' });
    expect(data.key.expired_at).toBeTypeOf('number');
    const stranger = await createWebhookKey(fake.control.clock);
    const unknown = await refusal(client.webhookVerificationKeyGet({ key_id: stranger.kid }));
    expect(unknown.error.error_code).toBe('INVALID_WEBHOOK_VERIFICATION_KEY_ID');
  });
});

describe('delivery', () => {
  it('tries again until there is a 200, the same body under a new signature', async () => {
    const endpoint = await webhookEndpoint([500, 204]);
    const { fake, itemId } = await linked(endpoint.url);
    fake.control.webhooks.send(itemId, { code: 'LOGIN_REPAIRED' });
    const webhook = await eventually(() =>
      fake.control.webhooks.list().find(({ state }) => state === 'delivered'),
    );
    expect(webhook.attempts).toEqual([500, 204, 200]);
    expect(new Set(endpoint.arrived.map(({ text }) => text)).size).toBe(1);
    expect(new Set(endpoint.arrived.map(({ verification }) => verification)).size).toBe(3);
  });

  it('gives up on a client that rejects nearly everything', async () => {
    const endpoint = await webhookEndpoint(Array.from({ length: 40 }, () => 500));
    const fake = await plaidFake({
      webhookUrl: endpoint.url,
      delivery: { givesUpOnRejections: true, retryScale: 0 },
    });
    const { itemId } = fake.control.linkItem({ loginId: fake.control.createLogin().id });
    for (let n = 0; n < 3; n += 1) fake.control.webhooks.send(itemId, { code: 'LOGIN_REPAIRED' });
    const webhooks = fake.control.webhooks.list();
    await eventually(() => webhooks.every(({ state }) => state === 'failed'));
    expect(webhooks.flatMap(({ attempts }) => attempts).length).toBeLessThan(4 * 7);
  });

  it('holds webhooks and releases them in any order, or twice', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, itemId } = await linked(endpoint.url);
    const { webhooks } = fake.control;
    webhooks.hold();
    webhooks.send(itemId, { code: 'ERROR' });
    webhooks.send(itemId, { code: 'LOGIN_REPAIRED' });
    expect(webhooks.list().map(({ state }) => state)).toEqual(['held', 'held']);
    webhooks.release((held) => held.toReversed().slice(0, 1));
    const [first] = await eventually(() => endpoint.arrived.length === 1 && endpoint.arrived);
    expect(first?.body['webhook_code']).toBe('LOGIN_REPAIRED');
    const [error] = webhooks.list();
    if (error === undefined) throw new Error('nothing was held');
    const duplicate = await webhooks.captureAgain(error);
    expect(await webhooks.post(duplicate)).toBe(200);
    expect(await webhooks.post(duplicate)).toBe(200);
    expect(endpoint.arrived[2]).toEqual(endpoint.arrived[1]);
  });

  it('says SYNC_UPDATES_AVAILABLE only after a first sync, the legacy codes always', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, client, accountId, accessToken } = await linked(endpoint.url);
    const codes = (): string[] => fake.control.webhooks.list().map(({ code }) => code);
    const pending = fake.control.bookPending(accountId, { amount: '1.00' });
    expect(codes()).toEqual(['DEFAULT_UPDATE']);
    await syncAll(client, accessToken);
    fake.control.remove(pending);
    expect(codes().slice(-2)).toEqual(['SYNC_UPDATES_AVAILABLE', 'TRANSACTIONS_REMOVED']);
  });

  it('can be any documented code, each with its fields', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, itemId, accountId } = await linked(endpoint.url);
    const news: readonly (readonly [WebhookNews, readonly string[]])[] = [
      [
        { code: 'SYNC_UPDATES_AVAILABLE' },
        ['initial_update_complete', 'historical_update_complete'],
      ],
      [{ code: 'INITIAL_UPDATE', count: 3 }, ['new_transactions', 'error']],
      [{ code: 'HISTORICAL_UPDATE', count: 3 }, ['new_transactions', 'error']],
      [{ code: 'DEFAULT_UPDATE', count: 3 }, ['new_transactions', 'error']],
      [{ code: 'TRANSACTIONS_REMOVED', removed: ['one'] }, ['removed_transactions', 'error']],
      [{ code: 'ERROR' }, ['error']],
      [{ code: 'LOGIN_REPAIRED' }, []],
      [{ code: 'NEW_ACCOUNTS_AVAILABLE' }, ['error']],
      [{ code: 'USER_PERMISSION_REVOKED' }, ['error']],
      [{ code: 'USER_ACCOUNT_REVOKED', accountId }, ['account_id']],
      [
        { code: 'PENDING_DISCONNECT', reason: 'INSTITUTION_TOKEN_EXPIRATION' },
        ['reason', 'disconnect_time'],
      ],
      [{ code: 'PENDING_EXPIRATION' }, ['consent_expiration_time']],
      [
        { code: 'WEBHOOK_UPDATE_ACKNOWLEDGED', url: 'https://example.test/' },
        ['new_webhook_url', 'error'],
      ],
    ];
    for (const [one, fields] of news) {
      const { body } = await fake.control.webhooks.capture(itemId, one);
      const parsed = JSON.parse(body) as Record<string, unknown>;
      expect(parsed).toMatchObject({ webhook_code: one.code, item_id: itemId });
      const own = ['webhook_type', 'webhook_code', 'item_id', 'environment'];
      expect(Object.keys(parsed).toSorted()).toEqual([...own, ...fields].toSorted());
    }
  });
});

async function linked(webhookUrl: string) {
  const fake = await plaidFake({ webhookUrl });
  const login = fake.control.createLogin();
  fake.control.settings.announces = false;
  const { itemId, accessToken } = fake.control.linkItem({ loginId: login.id });
  fake.control.settings.announces = true;
  const accountId = fake.control.accountId(itemId, login.accountIds[0] ?? '');
  return { fake, client: clientOf(fake), itemId, accessToken, accountId };
}

async function capturing(): Promise<{
  readonly fake: PlaidFake;
  readonly client: PlaidApi;
  readonly captured: (forgery?: Forgery) => Promise<SignedRequest>;
}> {
  const { fake, client, itemId } = await linked('http://127.0.0.1:9/nowhere');
  return {
    fake,
    client,
    captured: (forgery) =>
      fake.control.webhooks.capture(itemId, { code: 'SYNC_UPDATES_AVAILABLE' }, forgery),
  };
}

function jwtOf({ headers }: SignedRequest): string {
  return headers['plaid-verification'] ?? '';
}
