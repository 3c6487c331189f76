import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { link, startFreshetWithBank, untilStatus, type Linked } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { untilAllActive } from './support.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

/** Two accounts that wait for the customer, who has logged in again without anybody being told. */
async function waiting(): Promise<Linked> {
  const linked = await link(freshet, bank, { accounts: 2 });
  await untilAllActive(freshet, linked);
  const path = `/customers/${linked.customer.customer.id}/login`;
  await bank.control('POST', path, { state: 'required', webhooks: 'withhold' });
  await freshet.call('POST', `/v1/accounts/${linked.accounts[0].account}/refresh`, { wait: 20 });
  for (const { account } of linked.accounts) await untilStatus(freshet, account, 'paused');
  await bank.control('POST', path, { state: 'ok', webhooks: 'withhold' });
  return linked;
}

describe('POST …/reauthorized', () => {
  it('answers 200 once the workflows have confirmed it', async () => {
    const { connectionId } = await waiting();
    const path = `/v1/connections/${connectionId}/reauthorized`;
    const { status, body } = await freshet.call('POST', path);
    expect([status, body.status]).toEqual([200, 'active']);
    const reasons = body.accounts.map((one: { pause_reason: string | null }) => one.pause_reason);
    expect(reasons).not.toContain('reauth_required');
    // Nobody waits for it any more.
    expect((await freshet.call('POST', path)).status).toBe(200);
  }, 60_000);

  it('answers 202 while no worker runs, and it takes effect later', async () => {
    const linked = await waiting();
    await freshet.worker().kill();
    const path = `/v1/connections/${linked.connectionId}/reauthorized`;
    const { status, body } = await freshet.call('POST', path);
    expect([status, body.status]).toEqual([202, 'active']);
    await freshet.startWorker();
    await untilAllActive(freshet, linked);
  }, 90_000);
});
