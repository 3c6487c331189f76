import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { freePort } from '../support/servers.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
let address: string;
beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  ({ freshet, bank, close } = await startFreshetWithBank({
    reconcileSeconds: 1,
    workerEnv: { FRESHET_METRICS_ADDRESS: address },
  }));
});
afterAll(() => close());

const scrape = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();

/** Sum over the series of a metric that have these labels; null where there is none. */
async function value(name: string, labels: Record<string, string> = {}): Promise<number | null> {
  const series = (await scrape()).split('\n').filter((line) => {
    const isOfName = line.startsWith(`${name}{`) || line.startsWith(`${name} `);
    return isOfName && Object.entries(labels).every(([k, v]) => line.includes(`${k}="${v}"`));
  });
  if (series.length === 0) return null;
  return series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it('shows syncs, repairs and how the accounts stand, and nothing of the bank', async () => {
  const { accounts, customer, connectionId } = await link(freshet, bank, {
    accounts: 2,
    transactions: 3,
  });
  for (const { account } of accounts) await untilStatus(freshet, account, 'active');
  const [ids] = accounts;

  const succeeded = { provider: 'okra', outcome: 'succeeded' };
  for (const product of ['balance', 'transaction']) {
    expect(await value('freshet_syncs_total', { ...succeeded, product })).toBeGreaterThanOrEqual(2);
    expect(
      await value('freshet_sync_duration_seconds_count', { provider: 'okra', product }),
    ).toBeGreaterThanOrEqual(2);
  }
  const active = { provider: 'okra', status: 'active', pause_reason: 'none' };
  await eventually(async () => (await value('freshet_accounts', active)) === 2);
  expect(await value('freshet_accounts_stale')).toBe(0);
  expect(await value('freshet_webhooks_waiting')).toBe(0);

  const missing = { repair: 'missing_workflows_started' };
  await eventually(
    async () => (await value('freshet_reconciler_repairs_total', missing)) !== null,
    { describe: 'a first round of the reconciler' },
  );
  const before = (await value('freshet_reconciler_repairs_total', missing)) ?? 0;
  await freshet.temporal.workflow.getHandle(`account-sync:${ids.account}`).terminate();
  await eventually(
    async () => (await value('freshet_reconciler_repairs_total', missing)) === before + 1,
    { describe: 'the repair to be counted' },
  );
  expect(await value('freshet_reconciler_failures_total')).toBe(0);
  expect(await value('freshet_reconciler_last_round_timestamp_seconds')).toBeGreaterThan(1e9);
  await untilStatus(freshet, ids.account, 'active');

  const heal = await bank.fault({
    endpoint: 'balance/refresh',
    kind: 'login_required',
    account: ids.bank,
  });
  await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20 });
  await eventually(
    async () => ((await value('freshet_syncs_total', { outcome: 'reauth' })) ?? 0) >= 1,
  );
  await untilStatus(freshet, ids.account, 'paused');
  const paused = { status: 'paused', pause_reason: 'reauth_required' };
  await eventually(async () => ((await value('freshet_accounts', paused)) ?? 0) >= 1);

  // A kind of which there are none any more is shown as none.
  await heal();
  await freshet.call('POST', `/v1/connections/${connectionId}/reauthorized`);
  await eventually(async () => (await value('freshet_accounts', paused)) === 0);
  await eventually(async () => (await value('freshet_accounts', active)) === 2);

  const text = await scrape();
  expect(text).toContain('temporal_');
  const secret = [customer.customer.id, customer.customer.name, customer.bank.id, bank.secretKey];
  for (const { id, nuban, name } of customer.accounts) secret.push(id, nuban, name);
  for (const { account } of accounts) secret.push(account);
  for (const one of secret) expect(text).not.toContain(one);
});
