import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { cameEarlier } from './inbox.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({
    reconcileSeconds: 1,
    workerEnv: { FRESHET_WEBHOOK_BODIES: 'redacted', FRESHET_WEBHOOK_RETENTION_DAYS: '2' },
  }));
});
afterAll(() => close());

it('a webhook is applied, replayed, redacted and deleted', async () => {
  const { accounts } = await link(freshet, bank, { accounts: 1 });
  const [ids] = accounts;
  await untilStatus(freshet, ids.account, 'active');
  await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '47.11' });
  await expectTruth(freshet.db, bank, ids);
  const { body } = await freshet.call('GET', `/v1/webhooks?account_id=${ids.account}`);
  expect(body.data).toHaveLength(1);
  const path = `/v1/webhooks/${body.data[0].id}`;
  const life = async (query = '') => await freshet.call('GET', path + query);
  const untilApplied = () =>
    eventually(async () => {
      const { body } = await life();
      return body.state === 'applied' ? body.effects[0].sync : null;
    });
  const { id: first } = await untilApplied();

  await freshet.call('POST', `${path}/replay`);
  const { id: second } = await untilApplied();
  expect(second).not.toBe(first);
  expect((await life()).body).toMatchObject({ replays: 1, effects: [{ state: 'applied' }] });
  await expectTruth(freshet.db, bank, ids);

  await cameEarlier(freshet.db, body.data[0].id, '1 day');
  await eventually(async () => (await life('?include=body')).body.body.missing === 'redacted');
  await freshet.call('POST', '/v1/webhooks/replay', { account_id: ids.account });
  await untilApplied();
  expect((await life()).body.replays).toBe(2);
  await expectTruth(freshet.db, bank, ids);

  await cameEarlier(freshet.db, body.data[0].id, '2 days');
  await eventually(async () => (await life()).status === 404);
  await expectTruth(freshet.db, bank, ids);
});
