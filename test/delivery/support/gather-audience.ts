import { expect } from 'vitest';
import type { Freshet } from '../../support/start-freshet.ts';
import type { Listener } from './audience.ts';
import type { Hearing } from './expect-delivered.ts';
import type { MoodyReceiver } from './moody-receiver.ts';

/** Has a receiver hear of all accounts. */
export async function hear(
  freshet: Freshet,
  listener: Listener,
  receiver: MoodyReceiver,
): Promise<Hearing> {
  const { types: event_types = null, payload = 'full', unchanged = false } = listener;
  const { status, body } = await freshet.call('POST', '/v1/endpoints', {
    url: receiver.url,
    event_types,
    payload,
    unchanged,
  });
  expect(status).toBe(201);
  receiver.trust(body.secret);
  return { listener, receiver, endpointId: body.id, accountId: null };
}

/** An account's own endpoint, which came with its link. */
export async function hearOfAccount(
  freshet: Freshet,
  listener: Listener,
  receiver: MoodyReceiver,
  accountId: string,
): Promise<Hearing> {
  const { body } = await freshet.call('GET', `/v1/endpoints?account_id=${accountId}`);
  const endpointId: string = body.data[0].id;
  const secret = await freshet.call('GET', `/v1/endpoints/${endpointId}/secret`);
  receiver.trust(secret.body.secret);
  return { listener, receiver, endpointId, accountId };
}

/** Enables an endpoint, and has it sent what it has not heard of meanwhile. */
export async function hearAgain(freshet: Freshet, { endpointId }: Hearing): Promise<void> {
  const path = `/v1/endpoints/${endpointId}`;
  expect(await freshet.call('POST', `${path}/enable`)).toMatchObject({ status: 200 });
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { status, body } = await freshet.call('POST', `${path}/redeliver`, {
      status: 'missing',
      cursor,
    });
    expect(status).toBe(200);
    cursor = body.next_cursor;
  }
}
