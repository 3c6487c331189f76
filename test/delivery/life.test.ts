import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DELIVERY_PACE } from '../../config/delivery-pace.ts';
import { startDeliveryStage, type DeliveryStage, type Heard } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import { accept, hang, withStatus, type Answer } from '../support/start-receiver.ts';

const CONCURRENCY = 8;

let stage: DeliveryStage;
beforeAll(async () => {
  stage = await startDeliveryStage({ deliveryPace: { concurrency: CONCURRENCY, lingerMs: 500 } });
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const untilAccepted = (heard: Heard, events: readonly string[], timeoutMs = 15_000) =>
  eventually(
    () => {
      const accepted = new Set(heard.accepted());
      return events.every((event) => accepted.has(event));
    },
    { timeoutMs, describe: `${events.length} events to be accepted` },
  );

const untilStatus = ({ endpointId }: Heard, status: string) =>
  eventually(async () => {
    const found = await stage.workflow(endpointId).describe();
    return found.status.name === status && found;
  });

const untilStored = ({ endpointId }: Heard, status: string) =>
  eventually(async () =>
    (await stage.deliveries(endpointId)).every((one) => one.status === status),
  );

/** As long as a request takes elsewhere. */
const acceptLater: Answer = (one, response) => void setTimeout(() => accept(one, response), 30);

/** The events of several accounts: so many each. */
async function manyHappen(accounts: number, each: number): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: accounts }, () => stage.account()));
  return (await Promise.all(ids.map((id) => stage.happen(id, each)))).flat();
}

/** What arrived is what happened, under its own ids, whatever was between. */
function expectNothingMadeUp(heard: Heard, events: readonly string[]): void {
  expect(new Set(heard.received.map(({ id }) => id))).toEqual(new Set(events));
  for (const one of heard.received) {
    expect(heard.verify(one, heard.secret)).toMatchObject({ id: one.id });
  }
}

describe('an endpoint that hears nothing', () => {
  it('has no workflow, until the next event', async () => {
    const heard = await stage.listen();
    const account = await stage.account();
    await untilAccepted(heard, await stage.happen(account));
    const first = await untilStatus(heard, 'COMPLETED');
    await untilAccepted(heard, await stage.happen(account));
    const second = await untilStatus(heard, 'COMPLETED');
    expect(second.runId).not.toBe(first.runId);
    // One round each: a few events, whatever was delivered.
    for (const { historyLength } of [first, second]) expect(historyLength).toBeLessThan(20);
  });
});

describe('an endpoint that hears much', () => {
  it('costs few history events', async () => {
    const heard = await stage.listen();
    const account = await stage.account();
    const events: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      const happened = await stage.happen(account, 10);
      await untilAccepted(heard, happened);
      events.push(...happened);
    }
    const { runId, workflowId } = await untilStatus(heard, 'COMPLETED');
    const runs = await eventually(async () => {
      const query = `WorkflowId = "${workflowId}"`;
      const listed = await Array.fromAsync(stage.freshet.temporal.workflow.list({ query }));
      const isAll = listed.some((one) => one.runId === runId && one.status.name === 'COMPLETED');
      return isAll && listed;
    });
    const lengths = runs.map(({ historyLength }) => historyLength);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(90);
    await untilStored(heard, 'delivered');
    expectNothingMadeUp(heard, events);
  });
});

describe('when a worker', () => {
  it('is killed in the middle, all arrives, under the same ids', async () => {
    const heard = await stage.listen(acceptLater);
    const events = await manyHappen(10, 30);
    await eventually(() => heard.accepted().length >= 40);
    await stage.freshet.worker().kill();
    expect(heard.accepted().length).toBeLessThan(events.length);
    await stage.freshet.startWorker();
    await untilAccepted(heard, events, 60_000);
    await untilStored(heard, 'delivered');
    expectNothingMadeUp(heard, events);
  }, 90_000);

  it('is stopped, all arrives, and little of it twice', async () => {
    const heard = await stage.listen(acceptLater);
    const events = await manyHappen(10, 30);
    await eventually(() => heard.accepted().length >= 40);
    const { code } = await stage.freshet.worker().stop();
    expect(code).toBe(0);
    expect(heard.accepted().length).toBeLessThan(events.length);
    await stage.freshet.startWorker();
    await untilAccepted(heard, events, 60_000);
    await untilStored(heard, 'delivered');
    expectNothingMadeUp(heard, events);
    expect(heard.received.length - events.length).toBeLessThanOrEqual(CONCURRENCY);
  }, 90_000);
});

describe('a worker that starts', () => {
  it('sends what was due, also where nobody was woken for it', async () => {
    await stage.freshet.worker().stop();
    const heard = await stage.listen();
    const events = await stage.happen(await stage.account(), 3);
    await stage.freshet.db.deleteFrom('delivery_wakes').execute();
    await stage.freshet.startWorker();
    await untilAccepted(heard, events);
    expectNothingMadeUp(heard, events);
  }, 60_000);
});

describe('an endpoint that rests with nothing to be sent', () => {
  it('is sent what happens meanwhile when the rest is over', async () => {
    const heard = await stage.listen(withStatus(429, { 'retry-after': '2' }), {
      event_types: ['account.resumed'],
    });
    const account = await stage.account();
    const [last = ''] = await stage.happen(account);
    await stage.freshet.db
      .insertInto('deliveries')
      .values({
        endpoint_id: heard.endpointId,
        event_id: last,
        tries: DELIVERY_PACE.retryDelaysMs.length,
        next_attempt_at: new Date(),
      })
      .execute();
    await stage.freshet.db
      .insertInto('delivery_wakes')
      .values({ endpoint_id: heard.endpointId })
      .execute();
    await untilStored(heard, 'failed');
    await eventually(
      async () => (await stage.endpoint(heard.endpointId)).delivering_until === null,
    );
    heard.answer(accept);
    await untilAccepted(heard, await stage.happen(account, 1, 'account.resumed'));
    await untilStatus(heard, 'COMPLETED');
  });
});

describe('an endpoint that is deleted while it waits', () => {
  it('has no workflow any more', async () => {
    const heard = await stage.listen(withStatus(500));
    await stage.happen(await stage.account());
    await eventually(async () => {
      const { delivering_until: claimed } = await stage.endpoint(heard.endpointId);
      return heard.received.length === 1 && claimed === null;
    });
    await stage.freshet.call('DELETE', `/v1/endpoints/${heard.endpointId}`);
    await untilStatus(heard, 'COMPLETED');
    expect(await stage.deliveries(heard.endpointId)).toMatchObject([{ status: 'cancelled' }]);
  });
});

describe('an endpoint that rests', () => {
  it('is tried at once by a test', async () => {
    const heard = await stage.listen(withStatus(429, { 'retry-after': '600' }));
    const events = await stage.happen(await stage.account());
    await eventually(async () => {
      const { rest_until: rest, delivering_until: claimed } = await stage.endpoint(
        heard.endpointId,
      );
      return rest !== null && claimed === null;
    });
    heard.answer(accept);
    const path = `/v1/endpoints/${heard.endpointId}/test`;
    const { status, body } = await stage.freshet.call('POST', path, { wait: 20 });
    expect([status, body.status]).toEqual([200, 'delivered']);
    expect((await stage.endpoint(heard.endpointId)).rest_until).toBeNull();
    await stage.hurry(heard.endpointId);
    await untilAccepted(heard, events);
  });
});

describe('a worker that is stopped while a receiver hangs', () => {
  it('ends all the same, and counts no attempt of which it does not know the end', async () => {
    const heard = await stage.listen(hang);
    const events = await stage.happen(await stage.account());
    await eventually(() => heard.received.length === 1);
    const { code } = await stage.freshet.worker().stop();
    expect(code).toBe(0);
    expect(await stage.deliveries(heard.endpointId)).toMatchObject([
      { status: 'pending', attempts: 0 },
    ]);
    heard.answer(accept);
    await stage.freshet.startWorker();
    await untilAccepted(heard, events, 60_000);
    expectNothingMadeUp(heard, events);
  }, 90_000);
});

/** What waits has been due for two minutes. */
const age = ({ endpointId }: Heard) =>
  stage.freshet.db
    .updateTable('deliveries')
    .set({ next_attempt_at: sql<Date>`now() - interval '2 minutes'` })
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', 'pending')
    .execute();

describe('the reconciler', () => {
  it('wakes for what nobody was woken for', async () => {
    const heard = await stage.listen(accept, { event_types: ['webhook.test'] });
    const events = await stage.happen(await stage.account(), 3);
    await stage.freshet.db
      .insertInto('deliveries')
      .values(
        events.map((id) => ({
          endpoint_id: heard.endpointId,
          event_id: id,
          next_attempt_at: sql<Date>`now() - interval '2 minutes'`,
        })),
      )
      .execute();
    await untilAccepted(heard, events);
    expect(heard.received.map(({ id }) => id)).toEqual(events);
  });

  it('starts a workflow that is gone while it waits for the next attempt', async () => {
    const heard = await stage.listen(withStatus(500));
    const [event = ''] = await stage.happen(await stage.account());
    const untilTimer = eventually(async () => {
      const row = await stage.endpoint(heard.endpointId);
      return heard.received.length === 1 && row.delivering_until === null;
    });
    await untilTimer;
    await untilStored(heard, 'pending');
    await stage.workflow(heard.endpointId).terminate('a test');
    heard.answer(accept);
    await age(heard);
    await untilAccepted(heard, [event]);
    await untilStatus(heard, 'COMPLETED');
  });

  it('takes no rest for a delay', async () => {
    const heard = await stage.listen(withStatus(429, { 'retry-after': '600' }));
    await stage.happen(await stage.account());
    await eventually(async () => {
      const row = await stage.endpoint(heard.endpointId);
      return row.rest_until !== null && row.delivering_until === null;
    });
    await age(heard);
    const lost = await stage.listen(accept, { event_types: ['webhook.test'] });
    const events = await stage.happen(await stage.account());
    await stage.freshet.db
      .insertInto('deliveries')
      .values(
        events.map((id) => ({
          endpoint_id: lost.endpointId,
          event_id: id,
          next_attempt_at: new Date(0),
        })),
      )
      .execute();
    await untilAccepted(lost, events);
    expect(heard.received).toHaveLength(1);
  });
});
