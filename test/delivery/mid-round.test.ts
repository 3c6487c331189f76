import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eraseConnection } from '../../db/connections/erase-connection.ts';
import { startDeliveryStage, type DeliveryStage, type Heard } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import { accept, startReceiver, withStatus, type Answer } from '../support/start-receiver.ts';
import { storeBalance } from '../support/store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CONCURRENCY = 8;
/** None of them ends in a test. */
const RETRY_DELAYS_MS = [HOUR, 5 * HOUR];

let stage: DeliveryStage;
beforeAll(async () => {
  stage = await startDeliveryStage({
    deliveryPace: {
      concurrency: CONCURRENCY,
      lingerMs: 500,
      attemptTimeoutMs: 60_000,
      retryDelaysMs: RETRY_DELAYS_MS,
    },
  });
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

/** A receiver's answers, which are given when the test says so. */
function held(): {
  readonly answer: Answer;
  readonly count: () => number;
  letGo(as: Answer): void;
} {
  let waiting: (readonly [Parameters<Answer>[0], ServerResponse])[] = [];
  return {
    answer: (one, response) => void waiting.push([one, response]),
    count: () => waiting.length,
    letGo(as) {
      const all = waiting;
      waiting = [];
      for (const each of all) as(...each);
    },
  };
}

const acceptIn =
  (ms: number): Answer =>
  (one, response) =>
    void setTimeout(() => accept(one, response), ms);

/** So many events, of several accounts, that many wait while some are under way. */
async function manyHappen(accounts = 100, each = 3): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: accounts }, () => stage.account()));
  return (await Promise.all(ids.map((id) => stage.happen(id, each)))).flat();
}

/** The round has looked at its endpoint since: it claims it with the look. Twice, as the first may be read only now. */
async function untilLooked({ endpointId }: Heard): Promise<void> {
  for (let look = 0; look < 2; look += 1) {
    const { delivering_until: before } = await stage.endpoint(endpointId);
    await eventually(
      async () => {
        const { delivering_until: until } = await stage.endpoint(endpointId);
        return until !== null && before !== null && until > before;
      },
      { describe: 'the claim to be renewed' },
    );
  }
}

const untilReleased = ({ endpointId }: Heard) =>
  eventually(async () => (await stage.endpoint(endpointId)).delivering_until === null, {
    describe: 'the round to be over',
  });

const standing = async ({ endpointId }: Heard): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { status } of await stage.deliveries(endpointId))
    counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const call = async ({ endpointId }: Heard, method: string, path = '', body?: object) => {
  const { status } = await stage.freshet.call(method, `/v1/endpoints/${endpointId}${path}`, body);
  expect(status).toBeLessThan(300);
};

async function signals({ endpointId }: Heard): Promise<number> {
  const { events } = await stage.workflow(endpointId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

describe('a round whose queue is full, at a receiver that is slow,', () => {
  it('keeps its claim, so that nobody is woken', async () => {
    const answers = held();
    const heard = await stage.listen(answers.answer);
    const events = await manyHappen();
    await eventually(() => answers.count() === CONCURRENCY);
    await untilLooked(heard);
    const before = await signals(heard);
    for (let look = 0; look < 2; look += 1) {
      events.push(...(await manyHappen(2, 1)));
      await untilLooked(heard);
    }
    expect(answers.count()).toBe(CONCURRENCY);
    expect(await signals(heard)).toBe(before);
    heard.answer(accept);
    answers.letGo(accept);
    await eventually(() => heard.accepted().length === events.length);
    await eventually(async () => {
      const found = await stage.workflow(heard.endpointId).describe();
      return found.status.name === 'COMPLETED' && found.historyLength < 30;
    });
    expect(heard.received).toHaveLength(events.length);
  }, 60_000);

  it('sends the rest where the URL goes', async () => {
    const answers = held();
    const heard = await stage.listen(answers.answer);
    const other = await startReceiver();
    const events = await manyHappen();
    await eventually(() => answers.count() === CONCURRENCY);
    await call(heard, 'PATCH', '', { url: other.url });
    await untilLooked(heard);
    answers.letGo(accept);
    await eventually(() => other.accepted().length === events.length - CONCURRENCY);
    await eventually(async () => (await standing(heard))['delivered'] === events.length);
    expect(heard.received).toHaveLength(CONCURRENCY);
    expect(other.received).toHaveLength(events.length - CONCURRENCY);
    for (const one of other.received) other.verify(one, heard.secret);
    await other.close();
  }, 60_000);

  it('sends nothing more once the endpoint is disabled or deleted', async () => {
    const witness = held();
    // It looks as often as the others, of which nobody can see that they have looked.
    const other = await stage.listen(witness.answer);
    const staged = await Promise.all(
      [
        { method: 'POST', path: '/disable', left: 'pending' },
        { method: 'DELETE', path: '', left: 'cancelled' },
      ].map(async (kind) => {
        const answers = held();
        return { ...kind, answers, heard: await stage.listen(answers.answer) };
      }),
    );
    const events = await manyHappen();
    const counts = () =>
      [witness, ...staged.map(({ answers }) => answers)].map((one) => one.count());
    await eventually(() => counts().every((count) => count === CONCURRENCY));
    for (const { heard, method, path } of staged) await call(heard, method, path);
    await untilLooked(other);
    await Promise.all(
      staged.map(async ({ heard, answers, left }) => {
        heard.answer(accept);
        answers.letGo(accept);
        await eventually(async () => {
          const { status } = await stage.workflow(heard.endpointId).describe();
          return status.name === 'COMPLETED';
        });
        const expected = { delivered: CONCURRENCY, [left]: events.length - CONCURRENCY };
        expect(await standing(heard)).toEqual(expected);
        expect(heard.received).toHaveLength(CONCURRENCY);
      }),
    );
    other.answer(accept);
    witness.letGo(accept);
    await eventually(() => other.accepted().length >= events.length);
  }, 60_000);
});

describe('a failure of what was under way when the operator mended the endpoint', () => {
  for (const isSeen of [false, true]) {
    const when = isSeen ? 'after' : 'before';
    it(`says nothing of it, ${when} the round has seen that`, async () => {
      const other = await startReceiver();
      const kinds = [
        { path: '/enable', method: 'POST', body: undefined, status: 500 },
        { path: '', method: 'PATCH', body: { url: other.url }, status: 500 },
        { path: '', method: 'PATCH', body: { url: `${other.url}/2` }, status: 410 },
        { path: '', method: 'PATCH', body: { url: `${other.url}/3` }, status: 429 },
      ] as const;
      const staged = await Promise.all(
        kinds.map(async (kind) => {
          const answers = held();
          const heard = await stage.listen(answers.answer, { event_types: ['account.paused'] });
          return { ...kind, answers, heard };
        }),
      );
      await stage.freshet.db
        .updateTable('webhook_endpoints')
        .set({ failures: 50, failing_since: new Date(Date.now() - 6 * DAY) })
        .where(
          'id',
          'in',
          staged.map(({ heard }) => heard.endpointId),
        )
        .execute();
      const [event = ''] = await stage.happen(await stage.account());
      await eventually(() => staged.every(({ answers }) => answers.count() === 1));
      await Promise.all(
        staged.map(async ({ heard, answers, method, path, body, status }) => {
          await call(heard, method, path, body);
          if (isSeen) await untilLooked(heard);
          heard.answer(accept);
          answers.letGo(withStatus(status));
          await untilReleased(heard);
          expect(await stage.attempts(heard.endpointId, event)).toMatchObject([
            { status_code: status },
          ]);
          expect(await stage.endpoint(heard.endpointId)).toMatchObject({
            status: 'enabled',
            failures: 0,
            failing_since: null,
            rest_until: null,
          });
          expect(await stage.deliveries(heard.endpointId)).toMatchObject([{ status: 'pending' }]);
          await stage.hurry(heard.endpointId);
          await eventually(async () => (await standing(heard))['delivered'] === 1);
        }),
      );
      expect(other.received).toHaveLength(3);
      await other.close();
    }, 60_000);
  }
});

describe('a redelivery that is asked for while the last try is under way', () => {
  it('is not lost when that fails', async () => {
    const answers = held();
    const heard = await stage.listen(answers.answer, { event_types: ['account.resumed'] });
    const [event = ''] = await stage.happen(await stage.account());
    const { endpointId } = heard;
    await stage.freshet.db
      .insertInto('deliveries')
      .values({
        endpoint_id: endpointId,
        event_id: event,
        tries: RETRY_DELAYS_MS.length,
        next_attempt_at: new Date(),
      })
      .execute();
    await stage.freshet.db
      .insertInto('delivery_wakes')
      .values({ endpoint_id: endpointId })
      .execute();
    await eventually(() => answers.count() === 1);
    await call(heard, 'POST', `/deliveries/${event}/redeliver`);
    answers.letGo(withStatus(500));
    // The second is held, too: what the first left is what it finds.
    await eventually(() => answers.count() === 1);
    expect(await stage.deliveries(endpointId)).toMatchObject([
      { status: 'pending', attempts: 1, tries: 0, ended_at: null },
    ]);
    answers.letGo(accept);
    await eventually(async () => (await standing(heard))['delivered'] === 1);
    expect(await stage.attempts(endpointId, event)).toMatchObject([
      { status_code: 500 },
      { status_code: 204 },
    ]);
  }, 60_000);
});

describe('accounts that have one URL for their own', () => {
  it('do not wait for each other', async () => {
    const count = 30;
    const answers = held();
    const receiver = await startReceiver(answers.answer);
    const accounts = await Promise.all(Array.from({ length: count }, () => stage.account()));
    const endpoints = await stage.freshet.db
      .insertInto('webhook_endpoints')
      .values(accounts.map((id) => ({ account_id: id, url: receiver.url })))
      .returning('id')
      .execute();
    const events = (await Promise.all(accounts.map((id) => stage.happen(id)))).flat();
    // More at once than one endpoint may have.
    await eventually(() => answers.count() === count);
    receiver.answer(acceptIn(300));
    answers.letGo(accept);
    events.push(...(await Promise.all(accounts.map((id) => stage.happen(id, 3)))).flat());
    await eventually(async () => {
      const all = await Promise.all(endpoints.map(({ id }) => stage.deliveries(id)));
      return all.flat().filter(({ status }) => status === 'delivered').length === events.length;
    });
    const all = (await Promise.all(endpoints.map(({ id }) => stage.deliveries(id)))).flat();
    expect(new Set(all.map(({ event_id: id }) => id))).toEqual(new Set(events));
    expect(all.every(({ attempts, last_error_code: code }) => attempts === 1 && !code)).toBe(true);
    const rows = await Promise.all(endpoints.map(({ id }) => stage.endpoint(id)));
    expect(rows.map(({ failures }) => failures)).toEqual(Array(count).fill(0));
    await receiver.close();
  }, 60_000);
});

describe('events that wait in a round while what they tell of is erased', () => {
  it('are sent without it', async () => {
    const { db } = stage.freshet;
    const answers = held();
    const heard = await stage.listen(answers.answer, { payload: 'full' });
    const accounts = await Promise.all(Array.from({ length: 15 }, () => stage.account()));
    for (const id of accounts) await storeBalance(db, id, { current: '4711.00' });
    await Promise.all(accounts.map((id) => stage.happen(id, 2, 'balance.success')));
    await eventually(() => answers.count() === CONCURRENCY);
    const connections = await db
      .selectFrom('accounts')
      .where('id', 'in', accounts)
      .select('connection_id')
      .execute();
    for (const { connection_id: connectionId } of connections) {
      await eraseConnection(db, { connectionId, concerns: () => false, onBatch: () => undefined });
    }
    // What was read before is read again once it is as old as a claim.
    await untilLooked(heard);
    heard.answer(accept);
    answers.letGo(accept);
    await eventually(() => heard.accepted().length === 30);
    const payloads = heard.received.map(({ body }) => body.data.payload);
    expect(payloads.slice(0, CONCURRENCY)).toEqual(Array(CONCURRENCY).fill('full'));
    expect(payloads.slice(CONCURRENCY)).toEqual(Array(30 - CONCURRENCY).fill('ids'));
    for (const { text } of heard.received.slice(CONCURRENCY)) expect(text).not.toContain('4711');
  }, 60_000);
});
