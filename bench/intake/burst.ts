import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { freePort } from '../../dev/ports.ts';
import { accountSyncId } from '../../workflows/messages.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { countHistories } from './count-histories.ts';
import { naiveId } from './naive-workflows.ts';
import { postBurst, type Posted } from './post-burst.ts';
import { prepareBurst, type BurstOptions } from './prepare-burst.ts';

export interface Burst extends Posted {
  /** In the histories of all runs. */
  readonly signals: number;
  /** Sync runs that webhooks asked for, or activities of the naive service. */
  readonly syncs: number;
}

/** That what is left to do after the tables are current may take. */
const DRAIN_MS = 120_000;

/** Freshet, as it is run: its API and its worker, a process each. */
export async function burstFreshet(stack: BenchStack, options: BurstOptions): Promise<Burst> {
  const prepared = await prepareBurst(stack, options);
  const port = String(await freePort());
  const api = await stack.startPart('api/server.ts', 'api ready', { FRESHET_API_PORT: port });
  const url = `http://127.0.0.1:${port}/webhooks/okra`;
  const posted = await postBurst(stack, prepared, url, [api.pid, prepared.worker.pid], options);
  await drained('webhooks that have not taken effect', () => countWaiting(stack));
  const ids = prepared.linked.map(({ account }) => accountSyncId(account.id));
  const { signals } = await countHistories(stack.temporal, ids);
  return { ...posted, signals, syncs: await countSyncs(stack) };
}

/** The naive service, over the same tables after the same scan. */
export async function burstNaive(stack: BenchStack, options: BurstOptions): Promise<Burst> {
  const prepared = await prepareBurst(stack, options);
  await prepared.worker.stop();
  const { workflow, schedule } = stack.temporal;
  await schedule.getHandle('freshet-reconcile').delete();
  for (const { account } of prepared.linked) {
    await workflow.getHandle(accountSyncId(account.id)).terminate();
  }

  const worker = await stack.startPart('bench/intake/naive-worker-main.ts', 'naive ready', {
    NODE_OPTIONS: '--max-semi-space-size=8',
  });
  const port = String(await freePort());
  const api = await stack.startPart('bench/intake/endpoint-main.ts', 'endpoint ready', {
    BENCH_ENDPOINT: 'signal',
    FRESHET_API_PORT: port,
  });
  const url = `http://127.0.0.1:${port}/webhooks/okra`;
  const posted = await postBurst(stack, prepared, url, [api.pid, worker.pid], options);
  const ids = prepared.linked.map(({ customer }) =>
    naiveId({ customerId: customer.customer.id, bankId: customer.bank.id }),
  );
  let counts = { signals: 0, activities: 0 };
  await drained('signals without an activity', async () => {
    counts = await countHistories(stack.temporal, ids);
    return counts.signals - counts.activities;
  });
  return { ...posted, signals: counts.signals, syncs: counts.activities };
}

async function drained(what: string, left: () => Promise<number>): Promise<void> {
  const deadline = Date.now() + DRAIN_MS;
  for (;;) {
    const count = await left();
    if (count <= 0) return;
    if (Date.now() > deadline) throw new Error(`${count} ${what}`);
    await sleep(500);
  }
}

async function countWaiting({ db }: BenchStack): Promise<number> {
  const { count } = await db
    .selectFrom('webhook_effects')
    .where('applied_at', 'is', null)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function countSyncs({ db }: BenchStack): Promise<number> {
  const { count } = await db
    .selectFrom('sync_runs')
    .where(sql<boolean>`'webhook' = any(triggers)`)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
