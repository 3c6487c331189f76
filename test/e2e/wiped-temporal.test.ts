import { rm } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { startTemporal } from '../support/start-temporal.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

it('a wiped Temporal is repopulated from Postgres alone', async () => {
  let temporal = await startTemporal();
  toClose.push(() => temporal.stop());
  // Nobody registers search attributes but the worker.
  const { freshet, bank, close } = await startFreshetWithBank({
    temporal: { address: temporal.address, namespace: 'default' },
    reconcileSeconds: 1,
  });
  toClose.push(close);
  const client = freshet.temporal;
  const accountOf = async (id: string) => (await freshet.call('GET', `/v1/accounts/${id}`)).body;
  const schedule = () => client.schedule.getHandle('freshet-reconcile').describe();
  const attributes = async (): Promise<string> => {
    const { operatorService } = client.connection;
    const listed = await operatorService.listSearchAttributes({ namespace: 'default' });
    return Object.keys(listed.customAttributes).sort().join(' ');
  };
  const isRunning = async (id: string): Promise<boolean> => {
    const { status } = await client.workflow.getHandle(`account-sync:${id}`).describe();
    return status.name === 'RUNNING';
  };
  const login = (customer: string, state: string, webhooks: string) =>
    bank.control('POST', `/customers/${customer}/login`, { state, webhooks });

  const linked = [];
  for (const refresh of ['one_minute', 'daily', 'daily', 'daily']) {
    const interval = { interval: refresh, products: ['balance', 'transaction'] };
    linked.push(await link(freshet, bank, { accounts: 1, transactions: 5 }, interval));
  }
  const [plain, told, held, barred] = linked;
  if (!plain || !told || !held || !barred) throw new Error('four connections were linked');
  const ids = linked.map(({ accounts }) => accounts[0]);
  for (const { account } of ids) await untilStatus(freshet, account, 'active', 60_000);
  const heldId = held.accounts[0].account;
  const barredId = barred.accounts[0].account;
  await freshet.call('POST', `/v1/accounts/${heldId}/pause`);
  await login(barred.customer.customer.id, 'required', 'withhold');
  await freshet.call('POST', `/v1/accounts/${barredId}/refresh`, { wait: 20 });
  for (const id of [heldId, barredId]) await untilStatus(freshet, id, 'paused');
  const registered = await attributes();
  expect(registered).toContain('FreshetStatus');

  await temporal.kill();
  for (const end of ['', '-wal', '-shm']) await rm(temporal.dbFile + end, { force: true });
  // The bank tells nobody of the first; of the second it does, while Temporal is away.
  await bank.control('PUT', `/accounts/${plain.accounts[0].bank}/balance`, {
    ledger: '777.01',
    webhooks: 'withhold',
  });
  await bank.control('POST', `/accounts/${told.accounts[0].bank}/transactions`, {
    amount: '-12.34',
  });
  await eventually(async () => {
    const { webhooks } = await bank.control('GET', '/webhooks');
    return webhooks.every(({ state }: { state: string }) => state === 'delivered');
  });
  const lost = new Date();
  temporal = await startTemporal(temporal);

  // Nothing else is done.
  await eventually(async () => (await attributes()) === registered, {
    timeoutMs: 60_000,
    describe: 'the search attributes to be back',
  });
  await eventually(schedule, { timeoutMs: 60_000, describe: 'the schedule to be back' });
  for (const { account } of ids) {
    await eventually(() => isRunning(account), {
      timeoutMs: 60_000,
      describe: `the workflow of ${account} to run again`,
    });
  }
  await expectTruth(freshet.db, bank, plain.accounts[0], 60_000);
  await expectTruth(freshet.db, bank, told.accounts[0], 60_000);
  for (const { account } of [plain.accounts[0], told.accounts[0]]) {
    await untilStatus(freshet, account, 'active');
  }
  const effects = await freshet.db
    .selectFrom('webhook_effects')
    .where('account_id', '=', told.accounts[0].account)
    .where('applied_at', 'is', null)
    .select('webhook_id')
    .execute();
  expect(effects).toEqual([]);

  // Those who paused, pause for the same reason, and were not synced.
  const states = await Promise.all([heldId, barredId].map(accountOf));
  expect(states.map((one) => [one.status, one.pause_reason])).toEqual([
    ['paused', 'user'],
    ['paused', 'reauth_required'],
  ]);
  const synced = await freshet.db
    .selectFrom('sync_runs')
    .where('account_id', 'in', [heldId, barredId])
    .where('started_at', '>', lost)
    .select('id')
    .execute();
  expect(synced).toEqual([]);

  // And the same causes end it.
  await login(barred.customer.customer.id, 'ok', 'send');
  await untilStatus(freshet, barredId, 'active');
  await freshet.call('POST', `/v1/accounts/${heldId}/start`);
  await untilStatus(freshet, heldId, 'active');
  for (const one of ids) await expectTruth(freshet.db, bank, one, 30_000);

  expect(await freshet.worker().logged('search attributes registered')).toBeDefined();
  expect(
    await freshet.worker().logged('the schedule of the reconciler was missing and is back'),
  ).toBeDefined();
}, 240_000);
