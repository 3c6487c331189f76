import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorkflowNotFoundError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import type { Activities, SyncInput, SyncResult } from '../../activities/contract.ts';
import { PACE } from '../../config/pace.ts';
import type { Product } from '../../config/product.ts';
import { providerTaskQueue } from '../../config/task-queue.ts';
import type { accountSync } from '../../workflows/account-sync.ts';
import { ACCOUNT_SYNC } from '../../workflows/messages.ts';
import { bundleWorkflows } from '../../worker/workflow-source.ts';
import { eachAtOnce } from '../support/each-at-once.ts';
import { usageOf } from '../support/process-usage.ts';
import { installQuietRuntime } from '../support/quiet-runtime.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import type { bareLoop } from './bare-workflows.ts';
import { isRefresh, type HistoryEvent } from './count-actions.ts';

export interface ThroughputOptions {
  readonly accounts: number;
  readonly intervalMs: number;
  readonly rounds: number;
  readonly settleMs: number;
  readonly measureMs: number;
}

export interface Throughput {
  /** Refreshes per second, a figure a round. */
  readonly freshet: readonly number[];
  readonly bare: readonly number[];
  /** Events and workflow tasks of a refresh while it ran so. */
  readonly sampled: Readonly<Record<Side, Sample>>;
  /** Refreshes per second that the schedule asks for. */
  readonly asked: number;
}

export interface Sample {
  readonly events: number;
  readonly workflowTasks: number;
  readonly timers: number;
  readonly activities: number;
  /** Milliseconds of a core, of the server and of this process: hardly touched by other load. */
  readonly serverCpuMs: number;
  readonly workerCpuMs: number;
}

type Side = 'freshet' | 'bare';

const PROVIDER = 'instant';
const SAMPLED_WORKFLOWS = 10;
const AT_ONCE = 20;
/** Refreshes of each account before the measurement, on average, if they come in time. */
const SETTLED_AFTER = 2;
const SETTLE_AT_MOST_MS = 20_000;
const nothing: SyncResult = { added: 0, changed: 0, removed: 0, more: false };

/**
 * Refreshes per second of many accounts whose schedule asks for more than server and worker can do
 * together, with activities that return at once: the account workflow and the bare loop by turns.
 */
export async function measureThroughput(
  stack: BenchStack,
  options: ThroughputOptions,
): Promise<Throughput> {
  installQuietRuntime();
  const connection = await NativeConnection.connect({ address: stack.temporalAddress });
  const bundles = { freshet: await bundleWorkflows(), bare: await bundleBare() };
  const found = { freshet: [] as number[], bare: [] as number[] };
  const samples = { freshet: [] as Sample[], bare: [] as Sample[] };
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      const order: Side[] = round % 2 === 0 ? ['freshet', 'bare'] : ['bare', 'freshet'];
      for (const side of order) {
        const run = await runSide(stack, connection, side, bundles[side], options);
        found[side].push(run.perSecond);
        samples[side].push(run.sample);
      }
    }
  } finally {
    await connection.close();
  }
  const mean = (list: readonly Sample[], of: keyof Sample): number =>
    list.reduce((sum, sample) => sum + sample[of], 0) / list.length;
  const sampleOf = (list: readonly Sample[]): Sample => ({
    events: mean(list, 'events'),
    workflowTasks: mean(list, 'workflowTasks'),
    timers: mean(list, 'timers'),
    activities: mean(list, 'activities'),
    serverCpuMs: mean(list, 'serverCpuMs'),
    workerCpuMs: mean(list, 'workerCpuMs'),
  });
  return {
    ...found,
    sampled: { freshet: sampleOf(samples.freshet), bare: sampleOf(samples.bare) },
    asked: (options.accounts / options.intervalMs) * 1_000,
  };
}

async function bundleBare(): Promise<{ code: string }> {
  const workflowsPath = fileURLToPath(new URL('bare-workflows.ts', import.meta.url));
  return await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
}

async function runSide(
  stack: BenchStack,
  connection: NativeConnection,
  side: Side,
  workflowBundle: { code: string },
  options: ThroughputOptions,
): Promise<{ readonly perSecond: number; readonly sample: Sample }> {
  const taskQueue = `bench-${side}-${randomBytes(4).toString('hex')}`;
  let refreshes = 0;
  const activities: Partial<Activities> = {
    syncAccount: async (_inputs: Readonly<Record<Product, SyncInput>>) => {
      refreshes += 1;
      const answer = { outcome: 'succeeded', ...nothing } as const;
      return { balance: answer, transaction: answer };
    },
    recordAccountState: async () => 'recorded',
  };
  // As worker/start-worker.ts has them.
  const common = {
    connection,
    namespace: 'default',
    activities,
    maxConcurrentActivityTaskExecutions: 24,
    activityTaskPollerBehavior: { type: 'autoscaling' },
  } as const;
  const workers = [
    await Worker.create({
      ...common,
      taskQueue,
      workflowBundle,
      workflowTaskPollerBehavior: { type: 'autoscaling' },
    }),
    await Worker.create({ ...common, taskQueue: providerTaskQueue(taskQueue, PROVIDER) }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const ids = Array.from({ length: options.accounts }, () => randomBytes(8).toString('hex'));
  try {
    await eachAtOnce(ids, AT_ONCE, (id) => startOne(stack, side, taskQueue, id, options));
    await sleep(options.settleMs);
    // What a workflow does once, at its start, is no part of a refresh.
    const isSettled = (): boolean => refreshes >= options.accounts * SETTLED_AFTER;
    const giveUp = performance.now() + SETTLE_AT_MOST_MS;
    while (!isSettled() && performance.now() < giveUp) await sleep(500);
    const before = refreshes;
    const cpuBefore = cpuOf(stack);
    const start = performance.now();
    await sleep(options.measureMs);
    const measuredMs = performance.now() - start;
    const cpu = cpuOf(stack);
    const done = refreshes - before;
    const sample = {
      ...(await sampleHistories(stack, ids)),
      serverCpuMs: (cpu.server - cpuBefore.server) / done,
      workerCpuMs: (cpu.worker - cpuBefore.worker) / done,
    };
    return { perSecond: (done / measuredMs) * 1_000, sample };
  } finally {
    await eachAtOnce(ids, AT_ONCE, (id) =>
      stack.temporal.workflow
        .getHandle(id)
        .terminate()
        .catch((error: unknown) => {
          // Between two runs, or over already.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }),
    );
    workers.forEach((worker) => worker.shutdown());
    await running;
  }
}

async function startOne(
  { temporal }: BenchStack,
  side: Side,
  taskQueue: string,
  workflowId: string,
  { intervalMs }: ThroughputOptions,
): Promise<void> {
  const accountId = workflowId;
  if (side === 'bare') {
    const cyclesPerRun = PACE.syncsPerRun / 2;
    const input = { accountId, provider: PROVIDER, intervalMs, cyclesPerRun };
    await temporal.workflow.start<typeof bareLoop>('bareLoop', {
      workflowId,
      taskQueue,
      args: [input],
    });
    return;
  }
  const settings = {
    version: 1,
    paused: false,
    interval: 'one_minute',
    effectiveInterval: 'one_minute',
    intervalMs,
    products: ['balance', 'transaction'],
  } as const;
  const known = {
    scanned: ['balance', 'transaction'],
    consent: { status: 'active', version: 1 },
    providerError: false,
  } as const;
  await temporal.workflow.start<typeof accountSync>(ACCOUNT_SYNC, {
    workflowId,
    taskQueue,
    args: [{ accountId, provider: PROVIDER, settings, known }],
  });
}

/** Processor time so far, in milliseconds. */
function cpuOf({ temporalPid }: BenchStack): { readonly server: number; readonly worker: number } {
  const { user, system } = process.cpuUsage();
  return { server: usageOf(temporalPid).cpuSeconds * 1_000, worker: (user + system) / 1_000 };
}

/** What some of the workflows, in the runs that they are in, have needed for a refresh. */
async function sampleHistories(
  stack: BenchStack,
  ids: readonly string[],
): Promise<Omit<Sample, 'serverCpuMs' | 'workerCpuMs'>> {
  const histories = await Promise.all(
    ids
      .slice(0, SAMPLED_WORKFLOWS)
      .map((id) => stack.temporal.workflow.getHandle(id).fetchHistory()),
  );
  const cycles = histories.map((history) => wholeCycles(history.events ?? []));
  const events = cycles.flat();
  const refreshes = events.filter(isRefresh).length;
  return {
    events: events.length / refreshes,
    workflowTasks:
      events.filter((event) => event.workflowTaskCompletedEventAttributes).length / refreshes,
    timers: events.filter((event) => event.timerStartedEventAttributes).length / refreshes,
    activities:
      events.filter((event) => event.activityTaskScheduledEventAttributes).length / refreshes,
  };
}

/** From the beginning of the first refresh to that of the last. */
function wholeCycles(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.slice(events.findIndex(isRefresh), events.findLastIndex(isRefresh));
}
