import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../config/event-type.ts';
import { recordEvent } from '../../db/events/record-event.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import { startFreshet, type ApiAnswer, type Freshet } from '../support/start-freshet.ts';

const URL = 'https://receiver.example.com/events';
const NOBODY = '0198c0de-0000-7000-8000-000000000000';

/** Of an operator who says nothing. */
const endpoints = {};

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false, endpoints });
});
afterAll(() => freshet.close());

type Body = ApiAnswer['body'];

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  freshet.call(method, `/v1/endpoints${path}`, body, headers);

async function create(values: object = {}): Promise<Body> {
  const { status, body } = await call('POST', '', { url: URL, ...values });
  expect(status).toBe(201);
  return body;
}

const remove = (id: string) => call('DELETE', `/${id}`);

const ownSecret = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;

const setEndpoint = (id: string, values: object) =>
  freshet.db.updateTable('webhook_endpoints').set(values).where('id', '=', id).execute();

const row = (id: string) =>
  freshet.db
    .selectFrom('webhook_endpoints')
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirstOrThrow();

const wakes = async (id: string): Promise<number> => {
  const taken = await freshet.db
    .deleteFrom('delivery_wakes')
    .where('endpoint_id', '=', id)
    .returning('endpoint_id')
    .execute();
  return taken.length;
};

/** An event of no account, to whoever hears of it. */
const happen = (): Promise<void> =>
  freshet.db
    .transaction()
    .execute((trx) => recordEvent(trx, { type: 'endpoint.disabled', data: {} }));

const deliveriesTo = (id: string) =>
  freshet.db
    .selectFrom('deliveries')
    .where('endpoint_id', '=', id)
    .orderBy('event_id')
    .selectAll()
    .execute();

describe('an endpoint', () => {
  it('is created, shown, listed, changed and deleted', async () => {
    const made = await create({ description: 'books', event_types: ['balance.success'] });
    const { secret, ...shown } = made;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.any(String),
      account_id: null,
      url: URL,
      description: 'books',
      event_types: ['balance.success'],
      payload: 'full',
      unchanged: false,
      status: 'enabled',
      disabled_reason: null,
      status_changed_at: expect.stringMatching(/Z$/),
      health: {
        failures: 0,
        failing_since: null,
        resting_until: null,
        last_success_at: null,
        last_failure_at: null,
      },
      pending: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await call('GET', `/${made.id}`)).body).toEqual(shown);
    expect((await call('GET', '')).body.data).toContainEqual(shown);

    const changed = await call('PATCH', `/${made.id}`, {
      url: `${URL}/2`,
      description: null,
      event_types: null,
      payload: 'ids',
      unchanged: true,
    });
    expect(changed.body).toEqual({
      ...shown,
      url: `${URL}/2`,
      description: null,
      event_types: null,
      payload: 'ids',
      unchanged: true,
      updated_at: expect.any(String),
    });

    const gone = await remove(made.id);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { payload: 'full' }],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['POST', '/disable'],
      ['GET', '/secret'],
      ['POST', '/rotate-secret', {}],
      ['POST', '/test', {}],
      ['POST', '/redeliver', { status: 'failed' }],
    ] as const) {
      const answer = await call(method, `/${made.id}${path}`, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not_found']);
    }
    expect((await call('GET', '')).body.data).not.toContainEqual(
      expect.objectContaining({ id: made.id }),
    );
  });

  it.each([
    ['url', { url: 'ftp://a' }, 'must be an https:// URL'],
    ['url', { url: 'http://receiver.example.com' }, 'must be an https:// URL'],
    ['url', { url: 'https://127.0.0.1/' }, 'must be at a public address'],
    ['url', { url: undefined }, 'must be a URL'],
    ['event_types.0', { event_types: ['balance'] }, 'must be one of'],
    ['event_types', { event_types: [] }, 'must name at least one type'],
    ['payload', { payload: 'half' }, 'must be one of full, ids'],
    ['unchanged', { unchanged: 'yes' }, ''],
    ['secret', { secret: 'whsec_short' }, 'must be whsec_ and the base64 of 24 to 64 bytes'],
    ['secret', { secret: ownSecret(65) }, 'must be whsec_'],
    ['description', { description: '' }, 'must have 1 to 200 characters'],
    ['status', { status: 'disabled' }, 'is not a known field'],
  ])('is refused with a wrong %s: %j', async (field, values, message) => {
    const { status, body } = await call('POST', '', { url: URL, ...values });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors[0].field).toBe(field);
    expect(body.errors[0].message).toContain(message);
    expect(JSON.stringify(body)).not.toContain('whsec_short');
  });

  it('names the types that there are', async () => {
    const { body } = await call('POST', '', { url: URL, event_types: ['balance'] });
    expect(body.errors[0].allowed).toEqual([...EVENT_TYPES]);
  });

  it('is changed by what is given, and by something', async () => {
    const { id } = await create();
    const nothing = await call('PATCH', `/${id}`, {});
    expect([nothing.status, nothing.body.errors[0].field]).toEqual([400, 'body']);
    const refused = await call('PATCH', `/${id}`, { url: 'https://10.0.0.1/' });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'url']);
    await remove(id);
  });

  it('is one, however often the call is repeated, and no secret is kept with the answer', async () => {
    const key = { 'Idempotency-Key': `endpoint-${randomBytes(8).toString('hex')}` };
    const secret = ownSecret(24);
    const first = await call('POST', '', { url: URL, secret }, key);
    const again = await call('POST', '', { url: URL, secret }, key);
    expect([first.status, first.body.secret]).toEqual([201, secret]);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const kept = await freshet.db
      .selectFrom('idempotency_keys')
      .where('key', '=', key['Idempotency-Key'])
      .selectAll()
      .execute();
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain(secret.slice(6));
    expect(JSON.stringify(await row(first.body.id))).not.toContain(secret.slice(6));
    const other = await call('POST', '', { url: `${URL}/other`, secret }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    await remove(first.body.id);
  });

  it('is one of a hundred at the most, also where many come at once', async () => {
    const { count } = await freshet.db
      .selectFrom('webhook_endpoints')
      .where('account_id', 'is', null)
      .where('deleted_at', 'is', null)
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow();
    const { rows } = await sql<{ id: string }>`
      insert into webhook_endpoints (url, status, disabled_reason)
      select ${URL}, 'disabled', 'operator' from generate_series(1, ${97 - count}) returning id
    `.execute(freshet.db);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('POST', '', { url: URL })),
    );
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(made).toHaveLength(3);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, 'too_many_endpoints']);
    }
    for (const id of made) await remove(id);
    await freshet.db
      .deleteFrom('webhook_endpoints')
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute();
  });

  it('is listed in pages, by status', async () => {
    const made = [await create(), await create(), await create()].map(({ id }) => id);
    await call('POST', `/${made[1]}/disable`);
    const found: string[] = [];
    let path = '?limit=1';
    for (;;) {
      const { body } = await call('GET', path);
      found.push(...body.data.map(({ id }: Body) => id));
      if (body.next_cursor === null) break;
      path = `?limit=1&cursor=${body.next_cursor}`;
    }
    expect(found.filter((id) => made.includes(id))).toEqual(made);
    const { body: disabled } = await call('GET', '?status=disabled');
    expect(disabled.data.map(({ id }: Body) => id)).toEqual([made[1]]);
    const { body: first } = await call('GET', '?limit=1');
    const wrong = await call('GET', `?limit=1&status=enabled&cursor=${first.next_cursor}`);
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'cursor']);
    expect((await call('GET', `?account_id=${NOBODY}`)).status).toBe(404);
    for (const id of made) await remove(id);
  });
});

describe('an endpoint that is disabled', () => {
  it('gets nothing that happens meanwhile, and what waited once it is enabled', async () => {
    const { id } = await create();
    await happen();
    const soon = sql<Date>`now() + interval '1 day'`;
    await freshet.db
      .updateTable('deliveries')
      .set({ next_attempt_at: soon, attempts: 3, tries: 3 })
      .where('endpoint_id', '=', id)
      .execute();
    const disabled = await call('POST', `/${id}/disable`);
    expect(disabled.body).toMatchObject({
      status: 'disabled',
      disabled_reason: 'operator',
      pending: 1,
    });
    await happen();
    expect(await deliveriesTo(id)).toHaveLength(1);
    const test = await call('POST', `/${id}/test`, {});
    expect([test.status, test.body.code]).toEqual([409, 'endpoint_disabled']);

    await setEndpoint(id, {
      disabled_reason: 'failing',
      failures: 9,
      failing_since: new Date(),
      rest_until: new Date(Date.now() + 3_600_000),
    });
    const failing = await call('POST', `/${id}/disable`);
    expect(failing.body).toMatchObject({
      disabled_reason: 'failing',
      health: {
        failures: 9,
        failing_since: expect.any(String),
        resting_until: expect.any(String),
      },
    });
    await wakes(id);
    const enabled = await call('POST', `/${id}/enable`);
    expect(enabled.body).toMatchObject({
      status: 'enabled',
      disabled_reason: null,
      health: { failures: 0, failing_since: null, resting_until: null },
      pending: 1,
    });
    expect(await wakes(id)).toBe(1);
    const [waiting] = await deliveriesTo(id);
    expect(waiting?.next_attempt_at?.getTime()).toBeLessThanOrEqual(Date.now() + 5_000);
    expect([waiting?.attempts, waiting?.tries]).toEqual([3, 3]);
    await remove(id);
    expect((await deliveriesTo(id)).map(({ status }) => status)).toEqual(['cancelled']);
    const { url, secret, deleted_at: deletedAt } = await row(id);
    expect([url, secret, deletedAt]).toEqual(['', null, expect.any(Date)]);
  });

  it('starts anew with another URL, without being enabled', async () => {
    const { id } = await create();
    await setEndpoint(id, {
      failures: 4,
      failing_since: new Date(),
      rest_until: new Date(Date.now() + 3_600_000),
    });
    await call('PATCH', `/${id}`, { url: URL, payload: 'ids' });
    expect((await row(id)).failures).toBe(4);
    await wakes(id);
    await call('PATCH', `/${id}`, { url: `${URL}/moved` });
    const { failures, failing_since: since, rest_until: rest } = await row(id);
    expect([failures, since, rest, await wakes(id)]).toEqual([0, null, null, 1]);
    await remove(id);
  });
});

describe('the secret of an endpoint', () => {
  it('is shown, and replaced: for a while both sign', async () => {
    const { id, secret } = await create();
    const shown = await call('GET', `/${id}/secret`);
    expect(shown.body).toEqual({ secret, old_secret_until: null });

    const rotated = await call('POST', `/${id}/rotate-secret`, { keep_old_hours: 2 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(secret);
    const until = Date.parse(rotated.body.old_secret_until) - Date.now();
    expect(until / 3_600_000).toBeCloseTo(2, 1);
    expect((await row(id)).old_secret).not.toBeNull();
    expect((await call('GET', `/${id}/secret`)).body).toEqual(rotated.body);

    const own = ownSecret(64);
    const replaced = await call('POST', `/${id}/rotate-secret`, { secret: own, keep_old_hours: 0 });
    expect(replaced.body).toEqual({ secret: own, old_secret_until: null });
    expect((await row(id)).old_secret).toBeNull();

    const wrong = await call('POST', `/${id}/rotate-secret`, { keep_old_hours: 169 });
    expect(wrong.body.errors[0]).toMatchObject({
      field: 'keep_old_hours',
      message: 'must be a whole number of hours from 0 to 168',
    });
    await remove(id);
  });

  it('is one, where several ask for it at the moment at which it is made', async () => {
    const { id } = await create();
    await setEndpoint(id, { secret: null });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('GET', `/${id}/secret`)),
    );
    expect(new Set(answers.map(({ body }) => body.secret)).size).toBe(1);
    await remove(id);
  });

  it('that cannot be read says so, and can be replaced', async () => {
    const { id } = await create();
    await setEndpoint(id, { secret: randomBytes(64) });
    const shown = await call('GET', `/${id}/secret`);
    expect([shown.status, shown.body.code]).toEqual([409, 'secret_unreadable']);
    const { status, body } = await call('POST', `/${id}/rotate-secret`, {});
    expect([status, body.secret]).toEqual([200, expect.stringMatching(/^whsec_/)]);
    await remove(id);
  });
});

describe('an account’s own endpoint', () => {
  let freshet: Freshet;
  let bank: TestBank;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ freshet, bank, close } = await startFreshetWithBank({ endpoints }));
  });
  afterAll(() => close());

  const call = (method: string, path: string, body?: unknown) =>
    freshet.call(method, `/v1/endpoints${path}`, body);

  it('follows the account’s settings, from the link to the erasure', async () => {
    const refused = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: 'c', bank: 'b' },
      refresh: { webhook_url: 'http://receiver.example.com/' },
    });
    expect(refused.body.errors).toEqual([
      { field: 'refresh.webhook_url', message: 'must be an https:// URL' },
    ]);

    const { accounts, connectionId } = await link(
      freshet,
      bank,
      { accounts: 2 },
      { webhook_url: URL },
    );
    const [{ account }] = accounts;
    const own = async (accountId: string) =>
      (await call('GET', `?account_id=${accountId}`)).body.data as Body[];
    for (const one of accounts) {
      expect(await own(one.account)).toMatchObject([{ account_id: one.account, url: URL }]);
    }
    const [made] = await own(account);
    const shown = await freshet.call('GET', `/v1/accounts/${account}`);
    expect(shown.body.settings).toMatchObject({ webhook_url: URL, endpoint_id: made.id });
    const types = await freshet.db
      .selectFrom('deliveries')
      .innerJoin('events', 'events.id', 'event_id')
      .where('endpoint_id', '=', made.id)
      .select(['events.type', 'events.account_id'])
      .execute();
    expect(types).toContainEqual({ type: 'account.linked', account_id: account });
    expect(new Set(types.map((one) => one.account_id))).toEqual(new Set([account]));

    const filtered = await call('PATCH', `/${made.id}`, { event_types: ['balance.success'] });
    expect(filtered.body.event_types).toEqual(['balance.success']);
    const moved = await call('PATCH', `/${made.id}`, { url: `${URL}/2` });
    expect([moved.status, moved.body.code]).toEqual([409, 'endpoint_of_account']);
    expect(moved.body.detail).toContain('/v1/accounts/:id/settings');
    const kept = await call('DELETE', `/${made.id}`);
    expect([kept.status, kept.body.code]).toEqual([409, 'endpoint_of_account']);

    const settings = (value: string | null) =>
      freshet.call('PATCH', `/v1/accounts/${account}/settings`, { webhook_url: value });
    const wrong = await settings('https://localhost/');
    expect(wrong.body.errors).toEqual([
      { field: 'webhook_url', message: 'must have a public host name' },
    ]);
    const { secret } = (await call('GET', `/${made.id}/secret`)).body;
    await call('POST', `/${made.id}/disable`);
    await settings(`${URL}/2`);
    expect(await own(account)).toMatchObject([
      { id: made.id, url: `${URL}/2`, status: 'enabled', event_types: ['balance.success'] },
    ]);
    expect((await call('GET', `/${made.id}/secret`)).body.secret).toBe(secret);
    const without = await settings(null);
    expect([without.body.settings.endpoint_id, await own(account)]).toEqual([null, []]);
    await settings(URL);
    const [second] = await own(account);
    expect(second.id).not.toBe(made.id);

    await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    const unlinked = await freshet.db
      .selectFrom('deliveries')
      .innerJoin('events', 'events.id', 'event_id')
      .where('endpoint_id', '=', second.id)
      .where('events.type', '=', 'account.unlinked')
      .select(['events.id', 'deliveries.status'])
      .executeTakeFirstOrThrow();
    await freshet.db
      .insertInto('delivery_attempts')
      .values({
        endpoint_id: second.id,
        event_id: unlinked.id,
        number: 100,
        started_at: new Date(),
        latency_ms: 12,
        status_code: 200,
        response_start: 'Dear Confidential',
      })
      .execute();
    await freshet.call('DELETE', `/v1/connections/${connectionId}?data=erase`);
    await eventually(
      async () =>
        (await freshet.call('GET', `/v1/connections/${connectionId}`)).body.erased_at !== null,
      { describe: 'the connection to be erased', timeoutMs: 30_000 },
    );
    const { body } = await call('GET', `/${second.id}/deliveries/${unlinked.id}`);
    const erased = body.attempt_log.find(({ number }: Body) => number === 100);
    expect(erased).toMatchObject({ status_code: 200, response_start: null });
  });

  it('can be deleted by itself once the account is unlinked', async () => {
    const { accounts, connectionId } = await link(
      freshet,
      bank,
      { accounts: 1 },
      { webhook_url: URL },
    );
    const [{ account }] = accounts;
    const { body } = await call('GET', `?account_id=${account}`);
    await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    expect((await call('DELETE', `/${body.data[0].id}`)).status).toBe(204);
  });
});
