import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFreshet, type ApiAnswer, type Freshet } from '../support/start-freshet.ts';
import {
  startReceiver,
  withStatus,
  accept,
  type Received,
  type Receiver,
} from '../support/start-receiver.ts';
import { storeEvent } from '../support/store-event.ts';

let freshet: Freshet;
let receiver: Receiver;
beforeAll(async () => {
  freshet = await startFreshet({ reconcileSeconds: 1 });
  receiver = await startReceiver();
});
afterAll(async () => {
  await freshet.close();
  await receiver.close();
});

type Body = ApiAnswer['body'];

const call = (method: string, path: string, body?: unknown) =>
  freshet.call(method, `/v1/endpoints${path}`, body);

const create = async (): Promise<Body> => (await call('POST', '', { url: receiver.url })).body;

const received = (event: string) => receiver.received.filter(({ id }) => id === event);

const isSigned = (one: Received, secret: string): boolean => {
  try {
    receiver.verify(one, secret);
    return true;
  } catch {
    return false;
  }
};

/** A worker that is delivering reads what has changed every two seconds. */
const untilTestsAre = (id: string, wanted: (one: Received) => boolean) =>
  eventually(async () => {
    const { body } = await call('POST', `/${id}/test`, { wait: 20 });
    return received(body.event_id).some(wanted);
  });

describe('what an operator does with an endpoint', () => {
  it('a test is attempted at once, signed with the secret, and with the old one for a while', async () => {
    const { id, secret: old } = await create();
    const first = await call('POST', `/${id}/test`, { wait: 20 });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'delivered', attempts: 1, last_status_code: 204 });
    expect(first.body.attempt_log).toMatchObject([{ number: 1, status_code: 204 }]);
    const [one] = received(first.body.event_id);
    expect(one && receiver.verify(one, old)).toMatchObject({
      type: 'webhook.test',
      data: { endpoint_id: id },
    });

    const { secret } = (await call('POST', `/${id}/rotate-secret`, {})).body;
    await untilTestsAre(id, (one) => [old, secret].every((each) => isSigned(one, each)));
    const own = (await call('POST', `/${id}/rotate-secret`, { keep_old_hours: 0 })).body.secret;
    await untilTestsAre(
      id,
      (one) => isSigned(one, own) && ![old, secret].some((each) => isSigned(one, each)),
    );
    await call('DELETE', `/${id}`);
  });

  it('what it missed and what failed is sent when asked for, and what waits once it is enabled', async () => {
    const { db } = freshet;
    const { id } = await create();
    await call('POST', `/${id}/disable`);
    const missed = await storeEvent(db, 'endpoint.disabled');
    await call('POST', `/${id}/enable`);
    expect((await call('POST', `/${id}/redeliver`, { status: 'missing' })).body.redelivered).toBe(
      1,
    );
    await eventually(() => received(missed).length === 1);

    receiver.answer(withStatus(500));
    const refused = await storeEvent(db, 'endpoint.disabled');
    const standing = async () =>
      (await freshet.call('GET', `/v1/endpoints/${id}/deliveries/${refused}`)).body;
    await eventually(async () => (await standing()).attempts >= 1);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ pending: 1 });
    receiver.answer(accept);
    await call('POST', `/${id}/deliveries/${refused}/redeliver`);
    await eventually(async () => (await standing()).status === 'delivered', { timeoutMs: 20_000 });
    const { attempts, attempt_log: log } = await standing();
    expect(log).toHaveLength(attempts);
    expect(log[0]).toMatchObject({ status_code: 500, response_start: 'no' });
    await eventually(async () => (await call('GET', `/${id}`)).body.health.failures === 0);

    receiver.answer(withStatus(410));
    const last = await storeEvent(db, 'endpoint.disabled');
    await eventually(async () => (await call('GET', `/${id}`)).body.status === 'disabled');
    expect((await call('GET', `/${id}`)).body).toMatchObject({
      disabled_reason: 'gone',
      pending: 1,
    });
    receiver.answer(accept);
    await call('POST', `/${id}/enable`);
    await eventually(async () => received(last).length >= 2, { timeoutMs: 20_000 });
  });
});
