import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';

const INTERVALS = [
  'one_minute',
  'five_minute',
  'fifteen_minute',
  'thirty_minute',
  'one_hour',
  'six_hours',
  'twelve_hours',
  'daily',
];
const ID = '0198c0de-0000-7000-8000-000000000000';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

describe('API keys', () => {
  it.each([
    ['no key', {}],
    ['another scheme', { Authorization: 'Basic abc' }],
    ['an unknown key', { Authorization: 'Bearer fsh_unknown' }],
    ['two words', { Authorization: 'Bearer a b' }],
  ])('refuses %s', async (_, headers) => {
    const response = await fetch(`${freshet.url}/v1/accounts`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it('takes a stored key, and keeps only its hash', async () => {
    const { status, body } = await freshet.call('GET', '/v1/accounts');
    expect([status, body]).toEqual([200, { data: [], next_cursor: null }]);
    const rows = await freshet.db.selectFrom('api_keys').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(freshet.apiKey);
  });
});

describe('a wrong request', () => {
  const link = { provider: 'okra', link: { customer: 'c', bank: 'b' } };

  it('lists the intervals when one is misspelt', async () => {
    const refresh = { interval: 'one_minutes' };
    const { status, body } = await freshet.call('POST', '/v1/connections', { ...link, refresh });
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_request');
    expect(body.errors).toEqual([
      {
        field: 'refresh.interval',
        message: `must be one of ${INTERVALS.join(', ')}`,
        allowed: INTERVALS,
      },
    ]);
  });

  it.each([
    ['refresh', 'yes', 'must be true, false or {interval, products, webhook_url}'],
    ['refresh.products.0', { products: ['balances'] }, 'must be one of'],
    ['refresh.products', { products: [] }, 'must name at least one product'],
    ['refresh.webhook_url', { webhook_url: 'ftp://a' }, 'must be an https:// or http:// URL'],
    ['refresh.every', { every: 'day' }, 'is not a known field'],
  ])('names %s', async (field, refresh, message) => {
    const { status, body } = await freshet.call('POST', '/v1/connections', { ...link, refresh });
    expect(status).toBe(400);
    expect(body.errors[0].field).toBe(field);
    expect(body.errors[0].message).toContain(message);
  });

  it('lists the providers when one is unknown', async () => {
    const { status, body } = await freshet.call('POST', '/v1/connections', {
      ...link,
      provider: 'plaid',
    });
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ field: 'provider', allowed: ['okra'] });
  });

  it('names the field of a link that is malformed', async () => {
    const { status, body } = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: 'c' },
    });
    expect(status).toBe(400);
    expect(body.errors[0].field).toBe('link.bank');
  });

  it.each([
    ['GET', '/v1/accounts/nonsense', 400, 'id'],
    ['GET', '/v1/accounts?limit=0', 400, 'limit'],
    ['GET', '/v1/accounts?status=fresh', 400, 'status'],
    ['GET', '/v1/accounts?colour=red', 400, 'colour'],
    ['GET', `/v1/connections?cursor=abc`, 400, 'cursor'],
  ])('%s %s is %i and names %s', async (method, path, expected, field) => {
    const { status, body } = await freshet.call(method, path);
    expect(status).toBe(expected);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('is told from broken JSON', async () => {
    const response = await fetch(`${freshet.url}/v1/connections`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${freshet.apiKey}`, 'Content-Type': 'application/json' },
      body: '{"provider":',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
  });

  it.each([
    ['GET', `/v1/accounts/${ID}`],
    ['GET', `/v1/connections/${ID}`],
    ['POST', `/v1/accounts/${ID}/pause`],
    ['POST', `/v1/accounts/${ID}/refresh`],
    ['GET', `/v1/accounts/${ID}/transactions`],
    ['DELETE', `/v1/connections/${ID}`],
    ['GET', '/v1/nothing'],
  ])('%s %s is 404', async (method, path) => {
    const { status, body } = await freshet.call(method, path);
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  it('is refused when it is too large', async () => {
    const { status, body } = await freshet.call('POST', '/v1/connections', {
      ...link,
      reference: 'x'.repeat(300_000),
    });
    expect([status, body.code]).toEqual([413, 'body_too_large']);
  });
});

describe('a provider that cannot be reached', () => {
  it('is a 503 with Retry-After, and the same key may try again', async () => {
    const body = { provider: 'okra', link: { customer: 'c'.repeat(24), bank: 'b'.repeat(24) } };
    const headers = { 'Idempotency-Key': 'first' };
    for (const _ of ['first try', 'second try']) {
      const answer = await freshet.call('POST', '/v1/connections', body, headers);
      expect([answer.status, answer.body.code]).toEqual([503, 'provider_unavailable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });
});

describe('the open routes', () => {
  it('tell of life and readiness', async () => {
    const health = await fetch(`${freshet.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await fetch(`${freshet.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { postgres: 'up', temporal: 'up' }]);
  });

  it('serve the reference without loading anything from elsewhere', async () => {
    const page = await (await fetch(`${freshet.url}/docs`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources).toHaveLength(3);
    for (const source of sources) {
      expect(source).toMatch(/^\/docs\//);
      expect((await fetch(freshet.url + source)).status).toBe(200);
    }
  });
});
