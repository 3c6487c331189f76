import { setTimeout as sleep } from 'node:timers/promises';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { eachAtOnce } from '../support/each-at-once.ts';
import { linkBenchAccounts } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { intervalsOf, MIX } from './intervals.ts';
import { latenessOf, type Lateness } from './lateness.ts';
import { usageOf, type Usage } from '../support/process-usage.ts';

export interface FleetOptions {
  readonly accounts: number;
  readonly transactions: number;
  /** How long the settled fleet is measured, */
  readonly measureMs: number;
  /** but not longer than until then (of `performance.now()`), unless that leaves less than a minute. */
  readonly endAt: number;
  readonly say: (line: string) => void;
}

type Part = 'worker' | 'temporal' | 'postgres';

export interface Fleet extends Lateness {
  readonly accounts: number;
  /** Until every workflow runs, and until every account has refreshed once, in seconds. */
  readonly startSeconds: number;
  readonly refreshedSeconds: number;
  readonly measuredSeconds: number;
  /** Cores in use on average, while the fleet came up and once it had settled. */
  readonly cores: Readonly<Record<'comingUp' | 'settled', Readonly<Record<Part, number>>>>;
  /** The worker's memory, in bytes, before the first workflow, at its largest, and at the end. */
  readonly rss: { readonly before: number; readonly peak: number; readonly after: number };
  readonly failed: number;
}

const STARTS_AT_ONCE = 20;
const SAMPLE_MS = 500;
/** Between the last first refresh and the measurement. */
const SETTLE_MS = 15_000;
const SHORTEST_MS = 60_000;
/** A refresh that has not begun so long after its slot is missing. */
const GRACE_MS = 15_000;

/**
 * A fleet that Postgres knows and Temporal does not: every workflow is started, refreshes at once, and
 * goes on by its schedule.
 */
export async function runFleet(stack: BenchStack, options: FleetOptions): Promise<Fleet> {
  const { accounts: count, say } = options;
  const linked = await linkBenchAccounts(stack, intervalsOf(MIX, count), options.transactions);
  say(`${linked.length} accounts in Postgres`);
  const worker = await stack.startWorker();
  const usage = (): Record<Part, Usage> => ({
    worker: usageOf(worker.pid),
    temporal: usageOf(stack.temporalPid),
    postgres: usageOf(stack.postgresPid),
  });
  const before = usage();
  let peak = before.worker.rssBytes;
  const sampling = setInterval(() => {
    peak = Math.max(peak, usageOf(worker.pid).rssBytes);
  }, SAMPLE_MS);
  try {
    const began = performance.now();
    const since = (): number => (performance.now() - began) / 1_000;
    const workflows = createAccountWorkflows(stack.temporal, {
      taskQueue: 'freshet',
      intervals: INTERVAL_MS,
      pace: PACE,
    });
    const startedAt = new Date();
    await eachAtOnce(linked, STARTS_AT_ONCE, ({ account }) =>
      startPatiently(() => workflows.start(account)),
    );
    const startSeconds = since();
    say(`all started after ${startSeconds.toFixed(0)} s`);
    await untilRefreshed(stack, linked.length, startedAt, say);
    const refreshedSeconds = since();
    say(`all refreshed once after ${refreshedSeconds.toFixed(0)} s`);
    const up = usage();
    await sleep(SETTLE_MS);

    const from = new Date();
    const atFrom = usage();
    const left = Math.max(options.endAt - performance.now(), SHORTEST_MS);
    await sleep(Math.min(options.measureMs, left));
    const atEnd = usage();
    const to = new Date();
    const measuredSeconds = (to.getTime() - from.getTime()) / 1_000;
    const found = await latenessOf(stack.db, linked, { from, to, graceMs: GRACE_MS });
    const failed = await stack.db
      .selectFrom('sync_runs')
      .where('status', '=', 'failed')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return {
      accounts: linked.length,
      startSeconds,
      refreshedSeconds,
      measuredSeconds,
      ...found,
      cores: {
        comingUp: coresBetween(before, up, refreshedSeconds),
        settled: coresBetween(atFrom, atEnd, measuredSeconds),
      },
      rss: { before: before.worker.rssBytes, peak, after: atEnd.worker.rssBytes },
      failed: Number(failed.count),
    };
  } finally {
    clearInterval(sampling);
  }
}

/** The server under this load may answer later than the client waits. */
async function startPatiently(start: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (tries === 10) throw error;
      await sleep(500);
    }
  }
}

async function untilRefreshed(
  { db }: BenchStack,
  wanted: number,
  since: Date,
  say: (line: string) => void,
): Promise<void> {
  for (let said = 0; ;) {
    const { count } = await db
      .selectFrom('accounts')
      .where('balance_synced_at', '>', since)
      .where('transactions_synced_at', '>', since)
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) >= wanted) return;
    if (Number(count) >= said + 1_000) say(`${(said = Number(count))} refreshed`);
    await sleep(1_000);
  }
}

function coresBetween(
  from: Record<Part, Usage>,
  to: Record<Part, Usage>,
  seconds: number,
): Record<Part, number> {
  const cores = (part: Part): number => (to[part].cpuSeconds - from[part].cpuSeconds) / seconds;
  return { worker: cores('worker'), temporal: cores('temporal'), postgres: cores('postgres') };
}
