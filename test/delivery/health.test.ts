import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDeliveryStage, type DeliveryStage, type Heard } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import { accept, withStatus, type Answer } from '../support/start-receiver.ts';

const SECOND = 1_000;

const CONCURRENCY = 8;

const PACE = {
  retryDelaysMs: Array.from({ length: 9 }, () => 3_600 * SECOND),
  concurrency: CONCURRENCY,
  firstRestMs: 600 * SECOND,
  longestRestMs: 2_400 * SECOND,
  failuresToRest: 3,
};

/** From when an attempt has ended until it is stored, on a machine that is busy. */
const STORED_WITHIN_MS = 30 * SECOND;

let stage: DeliveryStage;
beforeAll(async () => {
  stage = await startDeliveryStage({ deliveryPace: { ...PACE, lingerMs: 200 } });
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const untilEndpoint = (
  { endpointId }: Heard,
  holds: (row: Awaited<ReturnType<DeliveryStage['endpoint']>>) => boolean,
) =>
  eventually(async () => {
    const row = await stage.endpoint(endpointId);
    return holds(row) && row;
  });

const untilFailures = (heard: Heard, failures: number) =>
  untilEndpoint(heard, (row) => row.failures === failures && row.delivering_until === null);

const restOf = (row: { rest_until: Date | null; last_failure_at: Date | null }): number =>
  row.rest_until === null ? 0 : Number(row.rest_until) - Number(row.last_failure_at);

const untilAccepted = (heard: Heard, events: readonly string[]) =>
  eventually(() => events.every((event) => heard.accepted().includes(event)));

/** Not all that are under way at the same moment. */
const refuseSoon: Answer = (one, response) => {
  const stagger = parseInt(one.id.slice(-1), 16);
  setTimeout(() => withStatus(500)(one, response), 5 + stagger);
};

const idsOf = ({ received }: Heard): string[] => received.map(({ id }) => id);

const enable = ({ endpointId }: Heard) =>
  stage.freshet.call('POST', `/v1/endpoints/${endpointId}/enable`);

/** The workflow delivers to it no more, for now. */
const untilQuiet = (heard: Heard) => untilEndpoint(heard, (row) => row.delivering_until === null);

const gone = { endpoint_id: expect.any(String), account_id: null, disabled_at: expect.any(String) };

describe('an endpoint that answers 410', () => {
  it('is disabled at once, which the others hear, and gets what waited once it is enabled', async () => {
    const other = await stage.listen();
    const heard = await stage.listen(withStatus(410));
    const account = await stage.account();
    const [first = '', ...more] = await stage.happen(account, 3);
    const row = await untilEndpoint(heard, ({ status }) => status === 'disabled');
    expect(row.disabled_reason).toBe('gone');
    const told = await eventually(() =>
      other.received.find(({ body }) => body.type === 'endpoint.disabled'),
    );
    expect(told.body).toMatchObject({
      account_id: null,
      sequence: null,
      data: { ...gone, endpoint_id: heard.endpointId, reason: 'gone' },
    });

    const requests = heard.received.length;
    const missed = await stage.happen(account, 2);
    await untilAccepted(other, missed);
    expect(heard.received).toHaveLength(requests);
    const waiting = await stage.deliveries(heard.endpointId);
    expect(waiting.map(({ event_id: id, status }) => [id, status])).toEqual(
      [first, ...more].map((id) => [id, 'pending']),
    );

    heard.answer(accept);
    await enable(heard);
    await untilAccepted(heard, [first, ...more]);
    const later = await stage.happen(account, 1);
    await untilAccepted(heard, later);
    // Neither its own end nor what happened while it was disabled.
    expect(new Set(heard.accepted())).toEqual(new Set([first, ...more, ...later]));
    expect((await stage.endpoint(heard.endpointId)).disabled_reason).toBeNull();
    await stage.freshet.call('POST', `/v1/endpoints/${heard.endpointId}/redeliver`, {
      since: '2020-01-01T00:00:00Z',
      status: 'missing',
    });
    await untilAccepted(heard, missed);
  });
});

describe('an endpoint that has more than it can do', () => {
  it.each([429, 503])(
    'with %i and Retry-After gets no request until it is over',
    async (status) => {
      const rest = 1_200;
      const heard = await stage.listen(withStatus(status, { 'retry-after': String(rest) }));
      const account = await stage.account();
      const [first = ''] = await stage.happen(account);
      const row = await untilFailures(heard, 1);
      expect(restOf(row)).toBeGreaterThan(rest * SECOND - STORED_WITHIN_MS);
      expect(restOf(row)).toBeLessThanOrEqual(rest * SECOND + STORED_WITHIN_MS);
      const [delivery] = await stage.deliveries(heard.endpointId);
      expect(Number(delivery?.next_attempt_at) - Number(delivery?.last_attempt_at)).toBeGreaterThan(
        rest * SECOND - STORED_WITHIN_MS,
      );

      const witness = await stage.listen();
      const later = await stage.happen(account, 20);
      await untilAccepted(witness, later);
      expect(idsOf(heard)).toEqual([first]);

      heard.answer(accept);
      await stage.hurry(heard.endpointId);
      await untilAccepted(heard, [first, ...later]);
      expect(await untilQuiet(heard)).toMatchObject({ failures: 0, rest_until: null });
    },
  );

  it('rests without Retry-After too, and not for longer than an hour with it', async () => {
    const plain = await stage.listen(withStatus(429));
    await stage.happen(await stage.account());
    const rest = restOf(await untilFailures(plain, 1));
    expect(rest).toBeGreaterThan(PACE.firstRestMs - STORED_WITHIN_MS);
    expect(rest).toBeLessThanOrEqual(PACE.firstRestMs + STORED_WITHIN_MS);
    await stage.clear();

    const greedy = await stage.listen(withStatus(503, { 'retry-after': '864000' }));
    await stage.happen(await stage.account());
    const asked = restOf(await untilFailures(greedy, 1));
    expect(asked).toBeGreaterThan(3_600 * SECOND - STORED_WITHIN_MS);
    expect(asked).toBeLessThanOrEqual(3_600 * SECOND + STORED_WITHIN_MS);
  });

  it('rests also when an earlier request is accepted after it has said so', async () => {
    const account = await stage.account();
    const other = await stage.account();
    const open: (() => void)[] = [];
    const refuse = withStatus(429, { 'retry-after': '1200' });
    const heard = await stage.listen((one, response) => {
      if (one.body.account_id === account) open.push(() => accept(one, response));
      else refuse(one, response);
    });
    const [slow = ''] = await stage.happen(account);
    await eventually(() => open.length === 1);
    await stage.happen(other);
    await untilEndpoint(heard, ({ failures }) => failures === 1);
    open[0]?.();
    await untilAccepted(heard, [slow]);
    const row = await untilQuiet(heard);
    expect(Number(row.rest_until) - Date.now()).toBeGreaterThan(1_000 * SECOND);
    const [late = ''] = await stage.happen(await stage.account());
    const witness = await stage.listen();
    await untilAccepted(witness, await stage.happen(account));
    expect(idsOf(heard)).not.toContain(late);
  });
});

describe('an endpoint that fails again and again', () => {
  it('rests longer each time, with one request after each, until it succeeds', async () => {
    const heard = await stage.listen(refuseSoon);
    const accounts = await Promise.all(Array.from({ length: 30 }, () => stage.account()));
    const events = (await Promise.all(accounts.map((id) => stage.happen(id, 5)))).flat();
    await untilEndpoint(heard, (now) => now.rest_until !== null);
    let row = await untilQuiet(heard);
    // Long before it has refused all.
    expect(heard.received.length).toBeLessThanOrEqual((PACE.failuresToRest + 1) * CONCURRENCY);
    // Of those that were under way one more may count.
    const most = PACE.failuresToRest + 1;
    expect(row.failures).toBeGreaterThanOrEqual(PACE.failuresToRest);
    expect(row.failures).toBeLessThanOrEqual(most);
    for (let round = 0; round < 4; round += 1) {
      const doublings = row.failures - PACE.failuresToRest;
      const rest = Math.min(PACE.firstRestMs * 2 ** doublings, PACE.longestRestMs);
      expect(restOf(row)).toBeGreaterThan(rest - STORED_WITHIN_MS);
      expect(restOf(row)).toBeLessThanOrEqual(rest + STORED_WITHIN_MS);
      const requests = heard.received.length;
      await stage.hurry(heard.endpointId);
      row = await untilFailures(heard, row.failures + 1);
      expect(heard.received).toHaveLength(requests + 1);
    }

    let underWay = 0;
    let together = 0;
    const watch: Answer = (one, response) => {
      underWay += 1;
      together = Math.max(together, underWay);
      setTimeout(() => {
        underWay -= 1;
        accept(one, response);
      }, 20);
    };
    heard.answer(watch);
    await stage.hurry(heard.endpointId);
    await untilAccepted(heard, events);
    expect(together).toBeGreaterThan(1);
    row = await untilQuiet(heard);
    expect(row).toMatchObject({ failures: 0, failing_since: null, rest_until: null });
  });

  it('gets at once what it has kept waiting, but not what had failed before', async () => {
    const [bad, other] = [await stage.account(), await stage.account()];
    const refuseBad: Answer = (one, response) =>
      (one.body.account_id === bad ? withStatus(500) : accept)(one, response);
    const heard = await stage.listen(refuseBad);
    const [failing = ''] = await stage.happen(bad);
    await untilFailures(heard, 1);
    await stage.freshet.db
      .updateTable('delivery_attempts')
      .set({ started_at: new Date(Date.now() - 600 * SECOND) })
      .where('event_id', '=', failing)
      .execute();
    await untilAccepted(heard, await stage.happen(other));

    heard.answer(withStatus(500));
    const events = await stage.happen(other, 5);
    await untilEndpoint(heard, (row) => row.rest_until !== null && row.delivering_until === null);
    const requests = idsOf(heard).length;
    heard.answer(refuseBad);
    await stage.freshet.db
      .updateTable('webhook_endpoints')
      .set({ rest_until: null })
      .where('id', '=', heard.endpointId)
      .execute();
    const [next = ''] = await stage.happen(other);
    await untilAccepted(heard, [next, ...events]);
    await untilQuiet(heard);
    expect(idsOf(heard).slice(requests)).not.toContain(failing);
    expect(await stage.attempts(heard.endpointId, failing)).toHaveLength(1);
  });

  it('is disabled after days of it, which the others hear, and gets all that waited', async () => {
    const other = await stage.listen();
    const heard = await stage.listen(withStatus(500));
    const account = await stage.account();
    const events = await stage.happen(account, 4);
    await untilFailures(heard, 3);
    const setFailingFor = (hours: number) =>
      stage.freshet.db
        .updateTable('webhook_endpoints')
        .set({ failing_since: new Date(Date.now() - hours * 3_600 * SECOND) })
        .where('id', '=', heard.endpointId)
        .execute();
    await setFailingFor(119);
    await stage.hurry(heard.endpointId);
    expect((await untilFailures(heard, 4)).status).toBe('enabled');
    await setFailingFor(120);
    await stage.hurry(heard.endpointId);
    const row = await untilEndpoint(heard, ({ status }) => status === 'disabled');
    expect(row.disabled_reason).toBe('failing');
    const told = await eventually(() =>
      other.received.find(({ body }) => body.type === 'endpoint.disabled'),
    );
    expect(told.body.data).toMatchObject({ endpoint_id: heard.endpointId, reason: 'failing' });
    expect(heard.received.some(({ body }) => body.type === 'endpoint.disabled')).toBe(false);

    heard.answer(accept);
    await enable(heard);
    await untilAccepted(heard, events);
    expect(await untilQuiet(heard)).toMatchObject({ status: 'enabled', failures: 0 });
  });

  it('counts anew after it was enabled', async () => {
    const heard = await stage.listen(withStatus(500));
    await stage.happen(await stage.account(), 3);
    await untilFailures(heard, 3);
    await enable(heard);
    const row = await untilFailures(heard, 3);
    expect(Number(row.failing_since)).toBeGreaterThan(Number(row.status_changed_at) - 1);
  });
});
