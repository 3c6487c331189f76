import proto from '@temporalio/proto';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startGatedProxy, type GatedProxy } from '../support/gated-proxy.ts';
import {
  accountsFound,
  askForLink,
  link,
  startFreshetWithBank,
  untilFound,
  untilStatus,
  whenDone,
} from '../support/link.ts';
import { startBank, type TestBank } from '../support/start-bank.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import { twoBanks, type BankAddress } from '../support/two-banks.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

/** The calls of a link itself go through, those of the syncs that it asks for do not. */
const allButDiscovery = (path: string): boolean => !path.includes('accounts/getByCustomer');

const NO_PROVIDER = {
  FRESHET_OKRA_BASE_URL: '',
  FRESHET_OKRA_SECRET_KEY: '',
  FRESHET_OKRA_WEBHOOK_TOKEN: '',
};

const FAST_RETRIES = { firstRetryMs: 500, longestRetryMs: 500, failuresToPause: 1_000 };

const addressOf = (bank: TestBank): BankAddress => ({
  baseUrl: `${bank.url}/v2`,
  secretKey: bank.secretKey,
  webhookToken: bank.webhookToken,
});

/** A Freshet whose worker, and nobody else, reaches the bank through a gate. */
async function behindGate(
  concurrency: number,
  intervals: { one_minute?: number } = {},
): Promise<{ freshet: Freshet; bank: TestBank; gate: GatedProxy }> {
  const bank = await startBank();
  const gate = await startGatedProxy(bank.url);
  const freshet = await startFreshet({
    okraBaseUrl: `${bank.url}/v2`,
    okraSecretKey: bank.secretKey,
    okraWebhookToken: bank.webhookToken,
    intervals,
    workerEnv: {
      FRESHET_OKRA_BASE_URL: `${gate.url}/v2`,
      FRESHET_OKRA_CONCURRENCY: String(concurrency),
    },
  });
  toClose.push(
    () => bank.close(),
    () => gate.close(),
    async () => {
      gate.open();
      await freshet.close();
    },
  );
  await bank.sendWebhooksTo(freshet.url);
  return { freshet, bank, gate };
}

/** How many syncs of an account wait in their provider's queue, and how many run. */
async function activitiesOf(freshet: Freshet, account: string) {
  const { raw } = await freshet.temporal.workflow.getHandle(`account-sync:${account}`).describe();
  const syncs = (raw.pendingActivities ?? []).filter(({ activityType }) =>
    activityType?.name?.startsWith('sync'),
  );
  const states = syncs.map(({ state }) => state);
  const { PENDING_ACTIVITY_STATE_SCHEDULED: isWaiting, PENDING_ACTIVITY_STATE_STARTED: isRunning } =
    proto.temporal.api.enums.v1.PendingActivityState;
  return {
    waiting: states.filter((state) => state === isWaiting).length,
    running: states.filter((state) => state === isRunning).length,
  };
}

const untilWaiting = async (freshet: Freshet, account: string, count: number): Promise<void> => {
  await eventually(async () => (await activitiesOf(freshet, account)).waiting >= count, {
    describe: `${count} syncs of ${account} to wait`,
  });
};

describe('two providers', () => {
  it('one that hangs, its queue full, holds up nothing of the other', async () => {
    const okra = await startBank();
    const other = await startBank();
    const freshet = await startFreshet({
      intervals: { one_minute: 1_000 },
      providers: twoBanks(addressOf(okra), addressOf(other)),
      workerMain: 'test/support/two-banks-worker-main.ts',
      workerEnv: {
        OKRA_BANK: JSON.stringify(addressOf(okra)),
        OTHER_BANK: JSON.stringify(addressOf(other)),
        FRESHET_OKRA_CONCURRENCY: '2',
      },
    });
    toClose.push(
      () => okra.close(),
      () => other.close(),
      () => freshet.close(),
    );
    const url = `${freshet.url}/webhooks/other`;
    await other.control('PUT', '/webhooks/target', { url, token: other.webhookToken });
    const hung = await link(freshet, okra, { accounts: 6, transactions: 3 });
    const customer = await other.createCustomer({ accounts: 2, transactions: 3 });
    const linked = await freshet.call('POST', '/v1/connections', {
      provider: 'other',
      link: { customer: customer.customer.id, bank: customer.bank.id },
      refresh: { interval: 'one_minute', products: ['balance', 'transaction'] },
    });
    expect([201, 202]).toContain(linked.status);
    const { accounts } = await untilFound(freshet, linked.body.id);
    const [asked, told] = accounts as { id: string; provider_account_id: string }[];
    if (!asked || !told) throw new Error('two accounts were linked');
    const hungIds = hung.accounts.map(({ account }) => account);
    for (const id of [...hungIds, asked.id, told.id]) await untilStatus(freshet, id, 'active');

    await okra.control('POST', '/faults', { endpoint: '*', kind: 'hang' });
    for (const id of hungIds) await freshet.call('POST', `/v1/accounts/${id}/refresh`);
    const states = () => Promise.all(hungIds.map((id) => activitiesOf(freshet, id)));
    await eventually(
      async () => {
        const now = await states();
        return (
          sum(now.map(({ running }) => running)) === 2 &&
          sum(now.map(({ waiting }) => waiting)) === 4
        );
      },
      { describe: 'two syncs to hang and four to wait behind them' },
    );

    const before = await scheduledSyncs(freshet, asked.id);
    const refreshed = await freshet.call('POST', `/v1/accounts/${asked.id}/refresh`, { wait: 20 });
    const outcomes = refreshed.body.syncs.map(({ outcome }: { outcome: string }) => outcome);
    expect([refreshed.status, outcomes]).toEqual([200, ['succeeded', 'succeeded']]);
    await other.control('PUT', `/accounts/${told.provider_account_id}/balance`, {
      ledger: '42.17',
    });
    await eventually(async () => {
      const balance = await freshet.db
        .selectFrom('balances')
        .where('account_id', '=', told.id)
        .select('current')
        .executeTakeFirst();
      return Number(balance?.current) === 42.17;
    });
    await eventually(async () => (await scheduledSyncs(freshet, asked.id)) >= before + 3, {
      describe: 'the schedule to go on',
    });

    for (const { running, waiting } of await states()) expect(running + waiting).toBe(1);
    // Two syncs at a time, each of them reading a balance and transactions.
    const { calls } = await okra.control('GET', '/calls');
    expect(calls.filter(({ status }: { status: number | null }) => status === null)).toHaveLength(
      4,
    );
  }, 90_000);
});

describe('the queue of one provider', () => {
  it('runs no more at a time than its concurrency, however many are linked', async () => {
    const { freshet, bank, gate } = await behindGate(3);
    gate.shut(allButDiscovery);
    const { accounts } = await link(freshet, bank, { accounts: 12, transactions: 30 });
    await eventually(() => gate.inFlight() === 3);
    const states = await Promise.all(accounts.map(({ account }) => activitiesOf(freshet, account)));
    expect(sum(states.map(({ running }) => running))).toBeLessThanOrEqual(3);
    gate.open();
    for (const { account } of accounts) await untilStatus(freshet, account, 'active', 60_000);
    expect(gate.mostInFlight()).toBe(3);
  }, 90_000);

  it('takes what was asked for first, then the schedule, then first scans', async () => {
    const { freshet, bank, gate } = await behindGate(1, { one_minute: 4_000 });
    const old = await link(freshet, bank, { accounts: 3, transactions: 3 });
    const [manual, webhook, scheduled] = old.accounts;
    if (!webhook || !scheduled) throw new Error('three accounts were linked');
    for (const { account } of old.accounts) await untilStatus(freshet, account, 'active');

    // In the reverse of the order in which they should be taken. One first scan has the only slot.
    gate.shut(allButDiscovery);
    const fresh = await link(freshet, bank, { accounts: 4, transactions: 3 });
    const scansOf = () =>
      Promise.all(fresh.accounts.map(({ account }) => activitiesOf(freshet, account)));
    await eventually(async () => {
      const scans = await scansOf();
      return (
        sum(scans.map(({ running }) => running)) === 1 &&
        sum(scans.map(({ waiting }) => waiting)) === 7
      );
    });
    const begun = await syncsBegun(freshet);
    await freshet.call('PATCH', `/v1/accounts/${scheduled.account}/settings`, {
      interval: 'one_minute',
    });
    await untilWaiting(freshet, scheduled.account, 1);
    await bank.control('POST', `/accounts/${webhook.bank}/transactions`, { amount: '-1.01' });
    await untilWaiting(freshet, webhook.account, 1);
    await freshet.call('POST', `/v1/accounts/${manual.account}/refresh`);
    await untilWaiting(freshet, manual.account, 1);
    gate.open();

    for (const { account } of fresh.accounts) await untilStatus(freshet, account, 'active', 60_000);
    const runs = await freshet.db
      .selectFrom('sync_runs')
      .where('id', 'not in', begun)
      .orderBy('started_at')
      .select(['account_id', 'product'])
      .execute();
    const places = (account: string): number[] =>
      runs.flatMap((run, place) => (run.account_id === account ? [place] : []));
    const asked = [...places(manual.account), ...places(webhook.account)];
    const bySchedule = places(scheduled.account).slice(0, 2);
    const scans = fresh.accounts.flatMap(({ account }) => places(account));
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect([bySchedule.length, scans.length]).toEqual([2, 7]);
    expect(Math.max(...asked)).toBeLessThan(Math.min(...bySchedule));
    expect(Math.max(...bySchedule)).toBeLessThan(Math.min(...scans));
  }, 120_000);

  it('is left out by a forced unlink, hang as it may', async () => {
    const { freshet, bank, gate } = await behindGate(1);
    const blocking = await link(freshet, bank, { accounts: 1 });
    const linked = await link(freshet, bank, { accounts: 1 });
    for (const { accounts } of [blocking, linked]) {
      await untilStatus(freshet, accounts[0].account, 'active');
    }
    gate.shut();
    await freshet.call('POST', `/v1/accounts/${blocking.accounts[0].account}/refresh`);
    await eventually(() => gate.inFlight() > 0);
    const path = `/v1/connections/${linked.connectionId}`;
    const asked = freshet.call('DELETE', path);
    await eventually(async () => (await freshet.call('GET', path)).body.status === 'unlinking');
    const answer = await freshet.call('DELETE', `${path}?force=true&data=erase`);
    const forced = await whenDone(freshet, answer);
    expect([forced.status, forced.erased_at]).toEqual(['unlinked', expect.any(String)]);
    expect((await whenDone(freshet, await asked)).status).toBe('unlinked');
    // Also where it is forced from the beginning.
    const other = `/v1/connections/${blocking.connectionId}?force=true`;
    expect((await whenDone(freshet, await freshet.call('DELETE', other))).status).toBe('unlinked');
    gate.open();
  }, 90_000);

  it('says at once that a worker has no such provider, and goes on with one that has', async () => {
    const { freshet, bank, close } = await startFreshetWithBank({ pace: FAST_RETRIES });
    toClose.push(close);
    const { accounts } = await link(freshet, bank, { accounts: 1 });
    const [{ account }] = accounts;
    await untilStatus(freshet, account, 'active');
    await freshet.worker().stop();
    const lacking = await freshet.startWorker(NO_PROVIDER);

    const path = `/v1/accounts/${account}`;
    await freshet.call('POST', `${path}/refresh`);
    await untilStatus(freshet, account, 'failing');
    const { body } = await freshet.call('GET', path);
    expect([body.balance.error_code, body.transactions.error_code]).toEqual([
      'provider_not_configured',
      'provider_not_configured',
    ]);
    await lacking.stop();
    await freshet.startWorker();
    await untilStatus(freshet, account, 'active');
  }, 60_000);

  it('finds the accounts of a link once a worker has its provider', async () => {
    const { freshet, bank, close } = await startFreshetWithBank({ worker: false });
    toClose.push(close);
    const lacking = await freshet.startWorker(NO_PROVIDER);
    const posted = askForLink(freshet, bank, { accounts: 2, transactions: 3 });
    const waiting = await eventually(async () => {
      const { body } = await freshet.call('GET', '/v1/connections');
      return body.data.find((one: { status_code: string | null }) => one.status_code !== null);
    });
    expect(waiting).toMatchObject({ status: 'linking', status_code: 'provider_not_configured' });
    await lacking.stop();
    await freshet.startWorker();
    const { accounts } = await accountsFound(freshet, await posted, 60_000);
    for (const { account } of accounts) await untilStatus(freshet, account, 'active');
    const { body } = await freshet.call('GET', `/v1/connections/${waiting.id}`);
    expect([body.status, body.status_code]).toEqual(['active', null]);
  }, 90_000);

  it('is told its rate by the workers', async () => {
    const { freshet, close } = await startFreshetWithBank({
      workerEnv: { FRESHET_OKRA_SYNCS_PER_SECOND: '7.5' },
    });
    toClose.push(close);
    const { workflowService } = freshet.temporal.connection;
    await eventually(async () => {
      const { pollers } = await workflowService.describeTaskQueue({
        namespace: freshet.temporal.options.namespace,
        taskQueue: { name: 'freshet-okra' },
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      return pollers?.some(({ ratePerSecond }) => ratePerSecond === 7.5);
    });
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

async function scheduledSyncs(freshet: Freshet, account: string): Promise<number> {
  const runs = await freshet.db
    .selectFrom('sync_runs')
    .where('account_id', '=', account)
    .where('status', '=', 'succeeded')
    .select('triggers')
    .execute();
  return runs.filter(({ triggers }) => triggers.includes('schedule')).length;
}

async function syncsBegun(freshet: Freshet): Promise<string[]> {
  const runs = await freshet.db.selectFrom('sync_runs').select('id').execute();
  return runs.map(({ id }) => id);
}
