import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, DOWN, MISCONFIGURED, newToken, startPage, type Page } from '../support/page.ts';

let page: Page;
beforeAll(async () => {
  page = await startPage({ worker: false });
});
afterAll(() => page.close());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  page.freshet.call('POST', '/v1/link_sessions', body, headers);

const customer = { id: 'c-1' };

describe('POST /v1/link_sessions', () => {
  it.each([
    [{}, ['provider', 'customer']],
    [{ provider: 'paged' }, ['customer']],
    [{ provider: 'paged', customer: {} }, ['customer.id']],
    [{ provider: 'paged', customer: { id: 'c', email: 'no' } }, ['customer.email']],
    [{ provider: 'paged', customer, redirect_url: 'javascript:alert(1)' }, ['redirect_url']],
    [{ provider: 'paged', customer, redirect_url: 'no url' }, ['redirect_url']],
    [{ provider: 'paged', customer, options: 'x' }, ['options']],
    [{ provider: 'paged', customer, reference: '' }, ['reference']],
    [{ connection_id: 'x' }, ['connection_id']],
    [{ connection_id: randomUUID(), provider: 'paged', reference: 'r' }, ['provider', 'reference']],
  ])('refuses %j and says where', async (body, fields) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it.each(['okra', 'unknown'])(
    'names those that have a page where %s is asked for',
    async (provider) => {
      const { status, body } = await post({ provider, customer });
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      expect(body.errors).toEqual([
        {
          field: 'provider',
          message: 'must be a configured provider that has a page of its own: paged',
          allowed: ['paged'],
        },
      ]);
    },
  );

  it('answers 404 for a connection that there is not', async () => {
    expect((await post({ connection_id: randomUUID() })).status).toBe(404);
  });

  it.each([
    ['down', DOWN, 503, 'provider_unavailable'],
    ['misconfigured', MISCONFIGURED, 502, 'provider_misconfigured'],
    ['particular', { invalid: { field: 'options.x', message: '' } }, 400, 'invalid_request'],
  ])('tells that the provider is %s, and begins nothing', async (id, scripted, status, code) => {
    page.script(
      'startLink',
      (start: { customer: { id: string } }) => start.customer.id === id,
      () => scripted,
    );
    const answer = await post({ provider: 'paged', customer: { id } });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    const { body } = await page.freshet.call('GET', `/v1/link_sessions?reference=${id}`);
    expect(body.data).toEqual([]);
  });

  it('repeated with its key begins nothing new, and keeps the page sealed', async () => {
    const body = { provider: 'paged', customer: { id: 'twice' } };
    const headers = { 'Idempotency-Key': randomUUID() };
    const [first, second] = [await post(body, headers), await post(body, headers)];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const { db } = page.freshet;
    const kept = [
      await db.selectFrom('idempotency_keys').selectAll().execute(),
      await db.selectFrom('link_sessions').selectAll().execute(),
    ];
    expect(JSON.stringify(kept)).not.toContain('page.test');
    const { body: list } = await page.freshet.call('GET', '/v1/link_sessions?reference=twice');
    expect(list.data).toEqual([first.body]);
  });
});

describe('GET /v1/link_sessions', () => {
  it('goes through them page by page, by reference and status', async () => {
    const reference = `list ${randomUUID()}`;
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push((await begin(page, { reference })).id);
    const path = `/v1/link_sessions?status=open&reference=${encodeURIComponent(reference)}&limit=2`;
    const first = (await page.freshet.call('GET', path)).body;
    const rest = (await page.freshet.call('GET', `${path}&cursor=${first.next_cursor}`)).body;
    const seen = [...first.data, ...rest.data].map(({ id }: { id: string }) => id);
    expect([seen, rest.next_cursor]).toEqual([ids, null]);
    const other = await page.freshet.call(
      'GET',
      `/v1/link_sessions?cursor=${first.next_cursor}&limit=2`,
    );
    expect(other.status).toBe(400);
    const none = await page.freshet.call('GET', path.replace('=open', '=failed'));
    expect(none.body.data).toEqual([]);
  });

  it('answers 404 for one that there is not', async () => {
    expect((await page.freshet.call('GET', `/v1/link_sessions/${randomUUID()}`)).status).toBe(404);
    expect((await page.freshet.call('GET', '/v1/link_sessions/x')).status).toBe(400);
  });
});

describe('a webhook of a link session', () => {
  it('that is not ours is unmatched, and asks for nothing', async () => {
    const key = randomUUID();
    const progress = { state: 'finished', links: [{ ...newToken() }] } as const;
    expect(await page.send(`of others ${key}`, progress, key)).toBe(200);
    expect(await page.send(`of others ${key}`, progress, key)).toBe(200);
    const stored = await page.freshet.db
      .selectFrom('inbound_webhooks')
      .where('dedupe_key', '=', key)
      .select('outcome')
      .execute();
    expect(stored).toEqual([{ outcome: 'unmatched' }]);
  });

  it('waits, and is kept, until its session has taken what it says', async () => {
    const begun = await begin(page);
    await page.send(begun.session, { state: 'finished', links: [{ ...newToken() }] }, begun.id);
    const { body } = await page.freshet.call('GET', '/v1/webhooks?state=waiting');
    expect(body.data).toHaveLength(1);
    const replayed = await page.freshet.call('POST', `/v1/webhooks/${body.data[0].id}/replay`);
    expect([replayed.status, replayed.body.state]).toEqual([200, 'waiting']);
  });
});
