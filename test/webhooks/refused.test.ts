import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

const stored = async (): Promise<number> =>
  (await freshet.db.selectFrom('inbound_webhooks').select('id').execute()).length;

async function send(
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer> = '{"callback_code":"SOMETHING_NEW"}',
): Promise<{ readonly status: number; readonly code: unknown }> {
  const response = await fetch(`${freshet.url}/webhooks/okra`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${freshet.webhookToken}`, ...headers },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  });
  const answer = (await response.json()) as { readonly code?: unknown };
  return { status: response.status, code: answer.code };
}

describe('the content type of a webhook', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf-8;',
    'application/cloudevents+json; version=1',
  ])('may be %s', async (type) => {
    expect(await send({ 'Content-Type': type })).toMatchObject({ status: 200 });
  });

  it.each([
    {},
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/jsonp' },
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    { 'Content-Type': 'text/json' },
    { 'Content-Type': 'application/json; charset=utf-16' },
    { 'Content-Type': 'application/json; charset=utf-8; charset=latin1' },
    { 'Content-Type': 'application/json, text/html' },
    { 'Content-Type': 'application/json; charset' },
    { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    { 'Content-Type': 'application/json', 'Content-Encoding': 'identity, br' },
  ])('is not %j', async (headers) => {
    const before = await stored();
    expect(await send(headers as Record<string, string>)).toEqual({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect(await stored()).toBe(before);
  });

  it('may name no encoding at all', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'identity' };
    expect(await send(headers)).toMatchObject({ status: 200 });
  });
});

describe('the way to the endpoint', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is not %s', async (method) => {
    const response = await fetch(`${freshet.url}/webhooks/okra`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it.each(['/webhooks/plaid', '/webhooks', '/webhooks/okra/more', '/webhooks/constructor'])(
    'is not %s',
    async (path) => {
      const response = await fetch(freshet.url + path, { method: 'POST', body: '{}' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'not_found' });
    },
  );
});

describe('a verified body that is no event', () => {
  const json = { 'Content-Type': 'application/json' };

  async function stateOf(body: string | Uint8Array<ArrayBuffer>) {
    expect(await send(json, body)).toMatchObject({ status: 200 });
    return await freshet.db
      .selectFrom('inbound_webhooks')
      .orderBy('id', 'desc')
      .limit(1)
      .select(['outcome', 'understood', 'body_bytes', 'type'])
      .executeTakeFirstOrThrow();
  }

  it.each([
    ['nothing', ''],
    ['no JSON', '{"callback_code":'],
    ['no object', '[1, 2]'],
    ['nested 201 levels deep', `{"a":${'['.repeat(201)}${']'.repeat(201)}}`],
    ['nested 400,000 levels deep', `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
    ['objects nested 150,000 levels deep', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ])('is stored as unreadable when it is %s', async (_, body) => {
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    expect(await stateOf(body)).toEqual({
      outcome: 'unreadable',
      type: 'unreadable',
      understood: false,
      body_bytes: bytes,
    });
  });

  it.each([
    ['a NUL in an id', { customerId: 'a\0b', bankId: 'c', record: '\0' }],
    ['a lone surrogate in an id', { customerId: '\ud800', bankId: '\udc00', record: '\ud800' }],
    ['a time that no year has', { ended_at: '+275760-09-13T00:00:01Z', record: 'f'.repeat(24) }],
    ['a year without four digits', { ended_at: '0000-01-01T00:00:00Z', record: 'f'.repeat(24) }],
    ['a year before the first', { ended_at: '0000-12-31T23:59:59Z', record: 'f'.repeat(24) }],
    ['a time that rolls into year 10000', { ended_at: '9999-12-31T23:59:59-12:00' }],
    ['a time before all years', { ended_at: '0001-01-01T00:00:00+12:00', record: 'f' }],
    ['a __proto__', JSON.parse('{"__proto__": {"record": "f"}, "constructor": 1}')],
    ['a type of 64 characters', { callback_code: 'X'.repeat(64) }],
  ])('is stored when it has %s', async (_, parts) => {
    const body = JSON.stringify({ callback_code: 'PERIODIC_TRANSACTIONS', ...parts });
    const state = await stateOf(body);
    expect(['no_effect', 'unmatched']).toContain(state.outcome);
  });
});
