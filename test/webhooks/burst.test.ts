import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { randomFrom } from '../support/random.ts';
import { runChain } from '../support/run-chain.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { balanceBody, postAll } from './post.ts';

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
});
afterAll(() => close());

it('a thousand webhooks of an account become a handful of signals and syncs (invariants 2, 3, 6)', async () => {
  console.log(`seed: FRESHET_TEST_SEED=${SEED}`);
  const random = randomFrom(SEED);
  const { accounts } = await link(freshet, bank, { accounts: 1 });
  const [ids] = accounts;
  await untilStatus(freshet, ids.account, 'active');
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const { webhooks } = await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '1' });
  const { body } = await bank.control('GET', `/webhooks/${webhooks[0].id}`);
  const start = Date.now();
  const bodies = Array.from({ length: 1_000 }, (_, index) =>
    balanceBody(body, { ledger: `${index}.25`, at: new Date(start + index) }),
  );
  const shuffled = bodies
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
  await bank.forgetCalls();

  await postAll(freshet, shuffled, 32);
  await eventually(async () => (await waiting(ids.account)) === 0, { timeoutMs: 30_000 });

  expect((await effects(ids.account)).length).toBe(1_000);
  const balance = await freshet.call('GET', `/v1/accounts/${ids.account}/balance`);
  expect(balance.body).toMatchObject({
    current: '999.25',
    data_as_of: new Date(start + 999).toISOString(),
  });
  expect(await bank.calls()).toEqual({});
  const syncs = await freshet.db
    .selectFrom('sync_runs')
    .where('account_id', '=', ids.account)
    .where('scope', '=', 'webhook')
    .select('webhooks')
    .execute();
  expect(syncs.reduce((sum, run) => sum + run.webhooks, 0)).toBe(1_000);
  const runs = await runChain(freshet.temporal, `account-sync:${ids.account}`);
  const signals = runs
    .flatMap(({ history }) => history.events ?? [])
    .filter(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'webhookStored',
    );
  console.log(`${signals.length} signals, ${syncs.length} syncs`);
  expect(signals.length).toBeLessThan(20);
  expect(syncs.length).toBeLessThanOrEqual(signals.length);
}, 90_000);

it('a webhook that names a connection takes effect on each of its accounts', async () => {
  const linked = await link(freshet, bank, { accounts: 5, transactions: 2 });
  for (const { account } of linked.accounts) await untilStatus(freshet, account, 'active');
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const { webhooks } = await bank.control(
    'POST',
    `/accounts/${linked.accounts[0].bank}/transactions`,
    { amount: '-1.10' },
  );
  const pointer = webhooks.find(
    (one: { callback_code: string }) => one.callback_code === 'PERIODIC_TRANSACTIONS',
  );
  const { body } = await bank.control('GET', `/webhooks/${pointer.id}`);
  await postAll(freshet, [body, body, body], 3);
  for (const { account } of linked.accounts) {
    await eventually(async () => {
      const applied = (await effects(account)).filter(({ applied_at: at }) => at !== null);
      return applied.length === 1 && applied[0]?.product === 'transaction';
    });
  }
}, 60_000);

async function effects(accountId: string) {
  return await freshet.db
    .selectFrom('webhook_effects')
    .where('account_id', '=', accountId)
    .selectAll()
    .execute();
}

async function waiting(accountId: string): Promise<number> {
  return (await effects(accountId)).filter(({ applied_at: at }) => at === null).length;
}
