import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDeliveryStage, type DeliveryStage, type Heard } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import {
  accept,
  hang,
  reset,
  withStatus,
  type Answer,
  type Received,
} from '../support/start-receiver.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** So long that none of them ends in a test, which ends them itself. */
const RETRY_DELAYS_MS = [HOUR, 5 * HOUR, 20 * HOUR];
const JITTER = 0.2;
const ATTEMPTS = RETRY_DELAYS_MS.length + 1;

/** From the end of an attempt until it is stored, on a machine that is busy. */
const STORED_WITHIN_MS = 30 * SECOND;

let stage: DeliveryStage;
beforeAll(async () => {
  stage = await startDeliveryStage({
    deliveryPace: {
      retryDelaysMs: RETRY_DELAYS_MS,
      jitter: JITTER,
      attemptTimeoutMs: 2 * SECOND,
      failuresToRest: 100,
      lingerMs: 200,
    },
  });
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

/** The delivery of an event, once so many attempts at it are stored. */
const untilTried = ({ endpointId }: Heard, eventId: string, attempts: number) =>
  eventually(async () =>
    (await stage.deliveries(endpointId)).find(
      (one) => one.event_id === eventId && one.attempts === attempts,
    ),
  );

async function happened(): Promise<string> {
  const [event] = await stage.happen(await stage.account());
  if (!event) throw new Error('nothing has happened');
  return event;
}

describe('an event that its receiver answers with 500', () => {
  it('is sent again by the schedule, signed anew under the same id, until it is accepted', async () => {
    const heard = await stage.listen(withStatus(500));
    const event = await happened();
    for (const [index, delayMs] of RETRY_DELAYS_MS.entries()) {
      const tried = await untilTried(heard, event, index + 1);
      expect(tried).toMatchObject({ status: 'pending', last_status_code: 500, ended_at: null });
      const waitMs = Number(tried.next_attempt_at) - Number(tried.last_attempt_at);
      expect(waitMs).toBeGreaterThanOrEqual(delayMs);
      expect(waitMs).toBeLessThanOrEqual(delayMs * (1 + JITTER) + STORED_WITHIN_MS);
      if (index === RETRY_DELAYS_MS.length - 1) heard.answer(accept);
      await untilNextSecond(heard.received);
      await stage.hurry(heard.endpointId);
    }
    const last = await untilTried(heard, event, ATTEMPTS);
    expect(last).toMatchObject({
      status: 'delivered',
      tries: ATTEMPTS,
      next_attempt_at: null,
      last_status_code: 204,
      last_error_code: null,
      ended_at: expect.any(Date),
    });

    const { received } = heard;
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set([event]));
    expect(received).toHaveLength(ATTEMPTS);
    for (const one of received) {
      expect(heard.verify(one, heard.secret)).toEqual(one.body);
      expect(one.body.id).toBe(event);
    }
    expect(new Set(received.map(stampOf)).size).toBe(ATTEMPTS);
    expect(new Set(received.map(({ headers }) => headers['webhook-signature'])).size).toBe(
      ATTEMPTS,
    );
    const attempts = await stage.attempts(heard.endpointId, event);
    expect(attempts).toEqual(
      [500, 500, 500, 204].map((status, index) => ({
        endpoint_id: heard.endpointId,
        event_id: event,
        number: index + 1,
        started_at: expect.any(Date),
        latency_ms: expect.any(Number),
        status_code: status,
        error_code: null,
        response_start: status === 204 ? null : 'no',
      })),
    );
    expect(attempts.every(({ latency_ms: ms }) => ms >= 0 && ms < 2 * SECOND)).toBe(true);
  });

  it('is given up after the last try, and a later one is sent all the same', async () => {
    const heard = await stage.listen(withStatus(500));
    const account = await stage.account();
    const [event = ''] = await stage.happen(account);
    for (let tries = 1; tries < ATTEMPTS; tries += 1) {
      await untilTried(heard, event, tries);
      await stage.hurry(heard.endpointId);
    }
    const last = await untilTried(heard, event, ATTEMPTS);
    expect(last).toMatchObject({
      status: 'failed',
      next_attempt_at: null,
      ended_at: expect.any(Date),
    });
    heard.answer(accept);
    const [later = ''] = await stage.happen(account);
    await eventually(() => heard.accepted().includes(later));
    await stage.hurry(heard.endpointId);
    const [evenLater = ''] = await stage.happen(account);
    await eventually(() => heard.accepted().includes(evenLater));
    expect(heard.received.filter(({ id }) => id === event)).toHaveLength(ATTEMPTS);
  });

  it('is sent again from the start of the schedule when it is asked for', async () => {
    const heard = await stage.listen(withStatus(500));
    const event = await happened();
    for (let tries = 1; tries < ATTEMPTS; tries += 1) {
      await untilTried(heard, event, tries);
      await stage.hurry(heard.endpointId);
    }
    await untilTried(heard, event, ATTEMPTS);
    const path = `/v1/endpoints/${heard.endpointId}/deliveries/${event}/redeliver`;
    await stage.freshet.call('POST', path);
    const again = await untilTried(heard, event, ATTEMPTS + 1);
    expect(again).toMatchObject({ status: 'pending', tries: 1 });
    heard.answer(accept);
    await stage.hurry(heard.endpointId);
    expect(await untilTried(heard, event, ATTEMPTS + 2)).toMatchObject({ status: 'delivered' });
    expect(new Set(heard.received.map(({ id }) => id))).toEqual(new Set([event]));
  });
});

describe('an attempt fails', () => {
  it('with a redirect, which is not followed', async () => {
    const other = await stage.listen(accept, { event_types: ['webhook.test'] });
    const statuses = [301, 302, 303, 307, 308];
    const all = await Promise.all(
      statuses.map((status) => stage.listen(withStatus(status, { location: other.url }))),
    );
    const event = await happened();
    for (const [index, heard] of all.entries()) {
      expect(await untilTried(heard, event, 1)).toMatchObject({
        status: 'pending',
        last_status_code: statuses[index],
      });
      expect(heard.received).toHaveLength(1);
    }
    expect(other.received).toEqual([]);
  });

  const endings: readonly (readonly [string, Answer, string])[] = [
    ['hangs', hang, 'timeout'],
    ['resets the connection', reset, 'connection_reset'],
  ];
  it.each(endings)('when the receiver %s', async (_, answer, code) => {
    const heard = await stage.listen(answer);
    const event = await happened();
    expect(await untilTried(heard, event, 1)).toMatchObject({
      status: 'pending',
      last_status_code: null,
      last_error_code: code,
    });
    expect(await stage.attempts(heard.endpointId, event)).toMatchObject([
      { status_code: null, error_code: code, response_start: null },
    ]);
    heard.answer(accept);
    await stage.hurry(heard.endpointId);
    expect(await untilTried(heard, event, 2)).toMatchObject({ status: 'delivered' });
  });

  it('when nobody listens', async () => {
    const heard = await stage.listen();
    await heard.close();
    const event = await happened();
    expect(await untilTried(heard, event, 1)).toMatchObject({
      status: 'pending',
      last_status_code: null,
      last_error_code: 'connection_refused',
    });
  });

  it('with the first bytes of a long answer, and no more of it', async () => {
    const heard = await stage.listen(
      (_, response) => void response.writeHead(500).end('é'.repeat(10_000)),
    );
    const event = await happened();
    await untilTried(heard, event, 1);
    const [attempt] = await stage.attempts(heard.endpointId, event);
    expect(attempt?.response_start).toBe('é'.repeat(256));
  });
});

const stampOf = ({ headers }: Received): string => String(headers['webhook-timestamp']);

/** Timestamps are in seconds: the next attempt is to have another. */
async function untilNextSecond(received: readonly Received[]): Promise<void> {
  const last = Math.max(...received.map((one) => Number(stampOf(one))));
  await eventually(() => Math.floor(Date.now() / SECOND) > last);
}
