import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
});
afterAll(() => close());

it('continues as new when its history grows, and loses nothing', async () => {
  const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 2 }, true);
  const [ids] = accounts;
  await untilStatus(freshet, ids.account, 'active');
  const handle = freshet.temporal.workflow.getHandle(`account-sync:${ids.account}`);
  const { runId } = await handle.describe();
  const balanceIs = (ledger: string) => async () => {
    const row = await freshet.db
      .selectFrom('balances')
      .where('account_id', '=', ids.account)
      .select('current')
      .executeTakeFirst();
    return row?.current === ledger;
  };
  for (let cents = 10; cents < 80; cents++) {
    const ledger = `1000.${cents}`;
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger });
    await eventually(balanceIs(ledger), { everyMs: 10, describe: `the balance ${ledger}` });
  }
  const latest = await handle.describe();
  expect(latest.runId).not.toBe(runId);
  expect(latest.status.name).toBe('RUNNING');
  expect(latest.historyLength).toBeLessThan(1_000);
  const state = await handle.query<Record<string, unknown>>('state');
  expect(state).toMatchObject({ status: 'active', settings: { version: 1, interval: 'daily' } });
  expect(state['nextSyncAt']).not.toBeNull();
  await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-1.01' });
  await expectTruth(freshet.db, bank, ids);
});

it('shows its state to whoever filters workflows', async () => {
  const { accounts, customer } = await link(freshet, bank, { accounts: 1 });
  const [ids] = accounts;
  await untilStatus(freshet, ids.account, 'active');
  await bank.control('POST', `/customers/${customer.customer.id}/login`, { state: 'required' });
  await untilStatus(freshet, ids.account, 'paused');
  const query = `FreshetProvider = 'okra' and FreshetStatus = 'paused' and FreshetPauseReason = 'reauth_required'`;
  await eventually(async () => {
    const found = await Array.fromAsync(freshet.temporal.workflow.list({ query }));
    return found.some(({ workflowId }) => workflowId === `account-sync:${ids.account}`);
  });
});
