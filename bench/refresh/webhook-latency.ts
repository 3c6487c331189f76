import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { linkBenchAccounts, type LinkedAccount } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { rowTold, type insertOnSignal } from './bare-workflows.ts';
import { CHANNEL, createFloorTable } from './floor-table.ts';

export interface Latencies {
  /** Milliseconds from the start of the webhook's POST to the committed row. */
  readonly webhook: readonly number[];
  /** The part of it until the webhook was acknowledged. */
  readonly acknowledged: readonly number[];
  /** From the call that signals to the committed row. */
  readonly floor: readonly number[];
}

const EVERY_MS = 500;
/** Processes that have just started run slower code: these come at a quicker pace and are not counted. */
const WARM_UP = 300;
const WARM_UP_EVERY_MS = 20;
const FLOOR = 'floor';

/**
 * Webhooks with a complete balance, one at a time, two a second, each posted over HTTP to the API; and
 * by turns with them signals to a workflow that has one row inserted. Both end when Postgres tells a
 * listener here that the row's transaction has committed.
 */
export async function measureWebhookLatency(stack: BenchStack, count: number): Promise<Latencies> {
  await createFloorTable(stack.db);
  const [linked] = await linkBenchAccounts(stack, ['daily'], 0);
  if (!linked) throw new Error('no account');
  const listener = await listen(stack.databaseUrl);
  const committed = (accountId: string): Promise<number> =>
    new Promise((resolve) => {
      const on = ({ payload }: { payload?: string | undefined }): void => {
        if (payload !== accountId) return;
        listener.off('notification', on);
        resolve(performance.now());
      };
      listener.on('notification', on);
    });

  const apiUrl = await stack.startApi();
  await stack.startWorker();
  await stack.startPart('bench/refresh/floor-worker-main.ts', 'floor ready');
  const workflows = createAccountWorkflows(stack.temporal, {
    taskQueue: 'freshet',
    intervals: INTERVAL_MS,
    pace: PACE,
  });
  const firstRow = committed(linked.account.id);
  await workflows.start(linked.account);
  await firstRow;
  const floor = await stack.temporal.workflow.start<typeof insertOnSignal>('insertOnSignal', {
    workflowId: FLOOR,
    taskQueue: FLOOR,
  });

  const found = { webhook: [] as number[], acknowledged: [] as number[], floor: [] as number[] };
  try {
    for (let number = 0; number < WARM_UP + count; number += 1) {
      const pause = number < WARM_UP ? WARM_UP_EVERY_MS : EVERY_MS;
      await sleep(pause);
      const amount = `${1_000 + number}.25`;
      const body = balanceWebhook(linked, amount);
      let row = committed(linked.account.id);
      let start = performance.now();
      await post(`${apiUrl}/webhooks/okra`, stack.webhookToken, body);
      const acknowledged = performance.now() - start;
      const webhook = (await row) - start;

      await sleep(pause);
      row = committed(FLOOR);
      start = performance.now();
      await floor.signal(rowTold, { accountId: FLOOR, amount });
      const atFloor = (await row) - start;
      if (number < WARM_UP) continue;
      found.webhook.push(webhook);
      found.acknowledged.push(acknowledged);
      found.floor.push(atFloor);
    }
  } finally {
    await listener.end();
  }
  return found;
}

async function listen(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A server that goes away fails what waits for it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`listen ${CHANNEL}`);
  return client;
}

async function post(url: string, token: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the webhook was answered ${response.status}`);
}

/** As the sandbox bank sends one (see sandbox/webhooks/payload.ts), another balance each time. */
function balanceWebhook({ customer, bankAccountId }: LinkedAccount, amount: string): string {
  const now = new Date().toISOString();
  return JSON.stringify({
    method: 'BALANCE',
    callback_type: 'BALANCE',
    callback_code: 'BALANCE_SUCCESS',
    type: 'CALLBACK',
    code: 'BALANCE_SUCCESS',
    status: 'is_success',
    started_at: now,
    ended_at: now,
    bankId: customer.bank.id,
    customerId: customer.customer.id,
    country: 'NG',
    balance: {
      ledger_balance: Number(amount),
      available_balance: Number(amount),
      currency: 'NGN',
      status: 'Active',
      accountId: bankAccountId,
    },
  });
}
