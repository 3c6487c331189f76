import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFreshet, type ApiAnswer, type Freshet } from '../support/start-freshet.ts';
import { storeAccount } from '../support/store.ts';
import { endDelivery, storeEndpoint, storeEvent } from '../support/store-event.ts';

const NOBODY = '0198c0de-0000-7000-8000-000000000000';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

/** Each test has its endpoints to itself. */
afterEach(async () => {
  await freshet.db.deleteFrom('deliveries').execute();
  await freshet.db.deleteFrom('events').execute();
  await freshet.db.deleteFrom('webhook_endpoints').execute();
  await freshet.db.deleteFrom('delivery_wakes').execute();
});

type Body = ApiAnswer['body'];

const list = (query = '') => freshet.call('GET', `/v1/deliveries?${query}`);
const show = (endpoint: string, event: string) =>
  freshet.call('GET', `/v1/endpoints/${endpoint}/deliveries/${event}`);
const redeliver = (endpoint: string, body: object, headers?: Record<string, string>) =>
  freshet.call('POST', `/v1/endpoints/${endpoint}/redeliver`, body, headers);
const redeliverOne = (endpoint: string, event: string) =>
  freshet.call('POST', `/v1/endpoints/${endpoint}/deliveries/${event}/redeliver`);
const disable = (endpoint: string) => freshet.call('POST', `/v1/endpoints/${endpoint}/disable`);
const enable = (endpoint: string) => freshet.call('POST', `/v1/endpoints/${endpoint}/enable`);

const waiting = async (endpoint: string): Promise<string[]> => {
  const { body } = await list(`endpoint_id=${endpoint}&status=pending&limit=500`);
  return body.data.map((one: Body) => one.event_id).toReversed();
};

const wakes = async (): Promise<string[]> =>
  (await freshet.db.deleteFrom('delivery_wakes').returning('endpoint_id').execute()).map(
    (row) => row.endpoint_id,
  );

const ended = (endpoint: string, event: string, values?: object) =>
  endDelivery(freshet.db, endpoint, event, values);

describe('deliveries', () => {
  it('are listed, those of the newest event first, by endpoint, event, account and status', async () => {
    const { db } = freshet;
    const [account, other] = [await storeAccount(db), await storeAccount(db)];
    const [all, own] = [await storeEndpoint(db), await storeEndpoint(db, { accountId: account })];
    const first = await storeEvent(db, 'account.paused', { accountId: account });
    const second = await storeEvent(db, 'account.paused', { accountId: other });
    const third = await storeEvent(db, 'account.resumed', { accountId: account });
    await ended(all, first, {
      status: 'failed',
      last_status_code: 500,
      last_attempt_at: new Date(),
    });

    const pairs = async (query: string): Promise<string[][]> =>
      (await list(query)).body.data.map((one: Body) => [one.event_id, one.endpoint_id]);
    const newestFirst = [
      [third, own],
      [third, all],
      [second, all],
      [first, own],
      [first, all],
    ];
    expect(await pairs('')).toEqual(newestFirst);
    expect(await pairs(`endpoint_id=${own}`)).toEqual([
      [third, own],
      [first, own],
    ]);
    expect(await pairs(`event_id=${first}`)).toEqual([
      [first, own],
      [first, all],
    ]);
    expect(await pairs(`account_id=${other}`)).toEqual([[second, all]]);
    expect(await pairs(`status=failed`)).toEqual([[first, all]]);
    const { body } = await list('status=failed');
    expect(body.data).toEqual([
      {
        endpoint_id: all,
        event_id: first,
        event_type: 'account.paused',
        account_id: account,
        sequence: 1,
        status: 'failed',
        attempts: 1,
        next_attempt_at: null,
        last_attempt_at: expect.stringMatching(/Z$/),
        last_status_code: 500,
        last_error_code: null,
        ended_at: expect.stringMatching(/Z$/),
      },
    ]);

    const found: string[][] = [];
    let path = 'limit=2';
    for (;;) {
      const page = (await list(path)).body;
      found.push(...page.data.map((one: Body) => [one.event_id, one.endpoint_id]));
      if (page.next_cursor === null) break;
      path = `limit=2&cursor=${page.next_cursor}`;
    }
    expect(found).toEqual(newestFirst);
    const { body: page } = await list('limit=2');
    const wrong = await list(`limit=2&status=failed&cursor=${page.next_cursor}`);
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'cursor']);
    expect((await list(`account_id=${NOBODY}`)).status).toBe(404);
    expect((await list('status=lost')).body.errors[0].field).toBe('status');
  });

  it('are shown with their attempts', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db);
    const event = await storeEvent(db, 'endpoint.disabled');
    const at = new Date('2026-01-31T12:00:00Z');
    const attempt = { endpoint_id: endpoint, event_id: event, started_at: at, latency_ms: 15 };
    await db
      .insertInto('delivery_attempts')
      .values([
        { ...attempt, number: 2, status_code: 503, response_start: 'busy' },
        { ...attempt, number: 1, error_code: 'timeout' },
      ])
      .execute();
    const { status, body } = await show(endpoint, event);
    expect(status).toBe(200);
    expect(body).toMatchObject({ endpoint_id: endpoint, event_id: event, status: 'pending' });
    const shown = { started_at: at.toISOString(), latency_ms: 15 };
    const no = { status_code: null, error_code: null, response_start: null };
    expect(body.attempt_log).toEqual([
      { ...no, ...shown, number: 1, error_code: 'timeout' },
      { ...no, ...shown, number: 2, status_code: 503, response_start: 'busy' },
    ]);
    const nothing = await show(endpoint, NOBODY);
    expect([nothing.status, nothing.body.code]).toEqual([404, 'not_found']);
    await freshet.call('DELETE', `/v1/endpoints/${endpoint}`);
    expect((await show(endpoint, event)).body.status).toBe('cancelled');
  });
});

describe('a test', () => {
  it('goes to one endpoint alone, whatever that wants to hear of', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db, { eventTypes: ['balance.success'] });
    const other = await storeEndpoint(db);
    const { status, body } = await freshet.call('POST', `/v1/endpoints/${endpoint}/test`);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      endpoint_id: endpoint,
      event_type: 'webhook.test',
      account_id: null,
      sequence: null,
      status: 'pending',
      attempts: 0,
      attempt_log: [],
    });
    expect(await wakes()).toEqual([endpoint]);
    expect((await list(`event_id=${body.event_id}`)).body.data).toHaveLength(1);
    const refused = await redeliverOne(other, body.event_id);
    expect([refused.status, refused.body.code]).toEqual([409, 'event_not_for_endpoint']);
    expect((await redeliver(other, { status: 'missing' })).body.redelivered).toBe(0);
    expect((await redeliverOne(endpoint, body.event_id)).status).toBe(202);
  });

  it('is waited for, when asked to', async () => {
    const endpoint = await storeEndpoint(freshet.db);
    const test = (wait: unknown) =>
      freshet.call('POST', `/v1/endpoints/${endpoint}/test`, { wait });
    const answer = test(20);
    const event = await eventually(async () => (await waiting(endpoint)).at(0));
    await ended(endpoint, event, { last_status_code: 204 });
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body).toMatchObject({ event_id: event, status: 'delivered', last_status_code: 204 });

    expect((await test(1)).status).toBe(202);
    expect((await test(21)).body.errors[0]).toMatchObject({
      field: 'wait',
      message: 'must be a whole number of seconds from 0 to 20',
    });
  });
});

describe('one event', () => {
  it('is delivered again in whatever state, from the first try on', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db);
    const event = await storeEvent(db, 'endpoint.disabled');
    for (const values of [
      { status: 'delivered', attempts: 3, tries: 3 },
      { status: 'failed', attempts: 7, tries: 4 },
      { status: 'cancelled', attempts: 0, tries: 0 },
      { status: 'pending', attempts: 2, tries: 2, ended_at: null, next_attempt_at: tomorrow() },
    ] as const) {
      await ended(endpoint, event, values);
      await wakes();
      const { status, body } = await redeliverOne(endpoint, event);
      expect(status).toBe(202);
      expect(body).toMatchObject({
        status: 'pending',
        attempts: values.attempts,
        ended_at: null,
      });
      expect(Date.parse(body.next_attempt_at)).toBeLessThan(Date.now() + 60_000);
      const stored = await db.selectFrom('deliveries').select('tries').executeTakeFirstOrThrow();
      expect([stored.tries, await wakes()]).toEqual([0, [endpoint]]);
    }
  });

  it('is delivered to an endpoint that had not heard of it, and to none that may not', async () => {
    const { db } = freshet;
    const [account, other] = [await storeAccount(db), await storeAccount(db)];
    const event = await storeEvent(db, 'account.paused', { accountId: account });
    const late = await storeEndpoint(db, { eventTypes: ['balance.success'] });
    expect((await redeliverOne(late, event)).body.attempts).toBe(0);
    const own = await storeEndpoint(db, { accountId: account });
    expect((await redeliverOne(own, event)).status).toBe(202);
    const others = await storeEndpoint(db, { accountId: other });
    expect((await redeliverOne(others, event)).body.code).toBe('event_not_for_endpoint');
    const nothing = await redeliverOne(late, NOBODY);
    expect([nothing.status, nothing.body.detail]).toEqual([404, 'There is no event with this id.']);
    const nobody = await redeliverOne(NOBODY, event);
    expect([nobody.status, nobody.body.detail]).toEqual([
      404,
      'There is no endpoint with this id.',
    ]);
    await disable(late);
    const refused = await redeliverOne(late, event);
    expect([refused.status, refused.body.code]).toEqual([409, 'endpoint_disabled']);
  });
});

describe('events are delivered again', () => {
  it('in a state, the oldest first, in batches', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db);
    const events: string[] = [];
    for (let i = 0; i < 7; i += 1) events.push(await storeEvent(db, 'endpoint.disabled'));
    for (const [place, event] of events.entries()) {
      await ended(endpoint, event, { status: place === 3 ? 'delivered' : 'failed' });
    }
    const failed = events.filter((_, place) => place !== 3);
    const first = await redeliver(endpoint, { status: 'failed', limit: 4 });
    expect(first.body).toEqual({ redelivered: 4, next_cursor: expect.any(String) });
    expect(await waiting(endpoint)).toEqual(failed.slice(0, 4));
    const cursor = first.body.next_cursor;
    const second = await redeliver(endpoint, { status: 'failed', limit: 4, cursor });
    expect(second.body).toEqual({ redelivered: 2, next_cursor: null });
    expect(await waiting(endpoint)).toEqual(failed);
    const wrong = await redeliver(endpoint, { status: 'delivered', cursor });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'cursor']);
    expect((await redeliver(endpoint, { status: 'delivered' })).body.redelivered).toBe(1);
  });

  it('that were missing: it was disabled, or younger, and would have wanted them', async () => {
    const { db } = freshet;
    const account = await storeAccount(db);
    const of = { accountId: account };
    const before = await storeEvent(db, 'account.paused', of);
    const endpoint = await storeEndpoint(db, {
      eventTypes: ['account.paused', 'balance.success'],
    });
    const heard = await storeEvent(db, 'account.paused', of);
    await ended(endpoint, heard);
    await disable(endpoint);
    const during = await storeEvent(db, 'account.paused', of);
    const changed = await storeEvent(db, 'balance.success', { ...of, data: { changed: true } });
    const unchanged = await storeEvent(db, 'balance.success', { ...of, data: { changed: false } });
    await storeEvent(db, 'account.resumed', of);
    const refused = await redeliver(endpoint, { status: 'missing' });
    expect([refused.status, refused.body.code]).toEqual([409, 'endpoint_disabled']);
    await enable(endpoint);
    await wakes();

    const since = (await eventTime(during)).toISOString();
    const some = await redeliver(endpoint, { status: 'missing', since });
    expect(some.body).toEqual({ redelivered: 2, next_cursor: null });
    expect(await waiting(endpoint)).toEqual([during, changed]);
    expect(await wakes()).toEqual([endpoint]);
    await freshet.call('PATCH', `/v1/endpoints/${endpoint}`, { unchanged: true });
    expect((await redeliver(endpoint, { status: 'missing' })).body.redelivered).toBe(2);
    expect(await waiting(endpoint)).toEqual([before, during, changed, unchanged]);
    expect((await redeliver(endpoint, { status: 'missing' })).body.redelivered).toBe(0);
    expect(await wakes()).toEqual([endpoint]);
  });

  it('since a time, until a time, of some types', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db);
    const account = await storeAccount(db);
    const events: string[] = [];
    for (const type of ['account.paused', 'account.resumed', 'account.paused'] as const) {
      events.push(await storeEvent(db, type, { accountId: account }));
    }
    const [first = '', second = '', third = ''] = events;
    for (const event of events) await ended(endpoint, event);
    const start = (await eventTime(first)).getTime();
    const times = [0, 10, 20].map((ms) => new Date(start + ms));
    for (const [place, at] of times.entries()) {
      await db
        .updateTable('events')
        .set({ created_at: at })
        .where('id', '=', events[place] ?? '')
        .execute();
    }
    await redeliver(endpoint, { since: times[1], until: times[2] });
    expect(await waiting(endpoint)).toEqual([second]);
    for (const event of events) await ended(endpoint, event);
    const types = { since: '2020-01-01T00:00:00+02:00', event_types: ['account.paused'] };
    expect((await redeliver(endpoint, types)).body.redelivered).toBe(2);
    expect(await waiting(endpoint)).toEqual([first, third]);
    const later = { since: '2999-01-01T00:00:00Z' };
    expect((await redeliver(endpoint, later)).body).toEqual({ redelivered: 0, next_cursor: null });
    const early = { since: '0001-01-01T00:00:00Z', until: '1960-01-01T00:00:00Z' };
    expect((await redeliver(endpoint, early)).body.redelivered).toBe(0);
  });

  it('to an account’s own endpoint: those of the account', async () => {
    const { db } = freshet;
    const [account, other] = [await storeAccount(db), await storeAccount(db)];
    const mine = await storeEvent(db, 'account.paused', { accountId: account });
    await storeEvent(db, 'account.paused', { accountId: other });
    await storeEvent(db, 'endpoint.disabled');
    const own = await storeEndpoint(db, { accountId: account });
    expect((await redeliver(own, { since: '2020-01-01T00:00:00Z' })).body.redelivered).toBe(1);
    expect(await waiting(own)).toEqual([mine]);
  });

  it('once, however often the call is repeated', async () => {
    const { db } = freshet;
    const endpoint = await storeEndpoint(db);
    const event = await storeEvent(db, 'endpoint.disabled');
    await ended(endpoint, event);
    const key = { 'Idempotency-Key': `redeliver-${event}` };
    const first = await redeliver(endpoint, { status: 'delivered' }, key);
    await ended(endpoint, event);
    const again = await redeliver(endpoint, { status: 'delivered' }, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    expect(await waiting(endpoint)).toEqual([]);
  });

  it.each([
    ['body', {}, 'must have at least one of since, status'],
    ['body', { limit: 5 }, 'must have at least one of since, status'],
    ['status', { status: 'cancelled' }, 'must be one of failed, missing, pending, delivered'],
    ['since', { since: 'yesterday' }, 'must be a time, as 2026-01-31T12:00:00Z'],
    ['until', { since: '2026-01-31T12:00:00Z', until: '2026-01-31T12:00:00Z' }, 'must be later'],
    ['limit', { status: 'failed', limit: 1001 }, 'must be a whole number from 1 to 1000'],
    ['event_types.0', { status: 'failed', event_types: ['all'] }, 'must be one of'],
    ['state', { state: 'failed' }, 'is not a known field'],
  ])('unless %s is wrong: %j', async (field, body, message) => {
    const endpoint = await storeEndpoint(freshet.db);
    const { status, body: problem } = await redeliver(endpoint, body);
    expect([status, problem.errors[0].field]).toEqual([400, field]);
    expect(problem.errors[0].message).toContain(message);
  });
});

const tomorrow = (): Date => new Date(Date.now() + 86_400_000);

async function eventTime(id: string): Promise<Date> {
  const { created_at: at } = await freshet.db
    .selectFrom('events')
    .where('id', '=', id)
    .select('created_at')
    .executeTakeFirstOrThrow();
  return at;
}
