import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { startReceiver, type Receiver } from '../support/start-receiver.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({
    reconcileSeconds: 1,
    workerEnv: {
      FRESHET_ENDPOINT_ALLOW_HTTP: 'true',
      FRESHET_ENDPOINT_PORTS: '1-65535',
      FRESHET_ENDPOINT_ALLOWED_RANGES: '127.0.0.0/8',
    },
  }));
});
afterAll(() => close());

describe('an endpoint', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  it('is sent what happens, in its order', async () => {
    await freshet.db.insertInto('webhook_endpoints').values({ url: receiver.url }).execute();
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 3 });
    const [{ account }] = accounts;
    await untilStatus(freshet, account, 'active');
    await eventually(async () => receiver.received.length >= 4);
    const ofAccount = receiver.received.filter(({ body }) => body.account_id === account);
    expect(ofAccount.map(({ body }) => body.sequence)).toEqual([1, 2, 3]);
    const types = new Set(ofAccount.map(({ body }) => body.type));
    expect(types).toEqual(new Set(['account.linked', 'balance.success', 'transaction.success']));
  });
});
