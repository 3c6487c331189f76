import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { linkBenchAccounts } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';

/** What one scheduled refresh of both products, in which nothing changed, leaves behind. */
export interface Growth {
  readonly refreshes: number;
  /** Bytes of the dev server's SQLite file, indexes and visibility included, nothing of it deleted yet. */
  readonly temporalBytes: number;
  /** Bytes of `sync_runs` with its indexes. */
  readonly syncRunsBytes: number;
  /** Bytes of all tables with their indexes, without dead rows. */
  readonly postgresBytes: number;
  /** Bytes that Postgres wrote to its write-ahead log. */
  readonly walBytes: number;
  readonly commits: number;
}

const ACCOUNTS = 20;
const INTERVAL = 1_500;
const WARM_UP_MS = 15_000;

/** @param stack one whose Temporal keeps its data in a file. */
export async function measureGrowth(stack: BenchStack, measureMs: number): Promise<Growth> {
  const linked = await linkBenchAccounts(
    stack,
    Array.from({ length: ACCOUNTS }, () => 'one_minute' as const),
    20,
  );
  await stack.startWorker();
  const workflows = createAccountWorkflows(stack.temporal, {
    taskQueue: 'freshet',
    intervals: { ...INTERVAL_MS, one_minute: INTERVAL },
    pace: PACE,
  });
  for (const { account } of linked) await workflows.start(account);
  await sleep(WARM_UP_MS);
  const sizeBefore = await sizes(stack);
  const workBefore = await work(stack);
  await sleep(measureMs);
  const workAfter = await work(stack);
  const sizeAfter = await sizes(stack);
  const refreshes = workAfter.refreshes - workBefore.refreshes;
  const grown = sizeAfter.refreshes - sizeBefore.refreshes;
  return {
    refreshes,
    temporalBytes: (sizeAfter.temporal - sizeBefore.temporal) / grown,
    syncRunsBytes: (sizeAfter.syncRuns - sizeBefore.syncRuns) / grown,
    postgresBytes: (sizeAfter.postgres - sizeBefore.postgres) / grown,
    walBytes: (workAfter.wal - workBefore.wal) / refreshes,
    commits: (workAfter.commits - workBefore.commits) / refreshes,
  };
}

const REFRESHES = sql<string>`(select count(*) from sync_runs where product = 'balance' and status = 'succeeded')`;

async function sizes({ db, temporalFile }: BenchStack) {
  // Without the room that dead rows have left, which the next ones would take first.
  await sql`vacuum full`.execute(db);
  const { rows } = await sql<Record<'refreshes' | 'sync_runs' | 'database', string>>`
    select ${REFRESHES} as refreshes, pg_total_relation_size('sync_runs') as sync_runs,
      (select sum(pg_total_relation_size(relid)) from pg_stat_user_tables) as database`.execute(db);
  const [row] = rows;
  if (!row || temporalFile === null) throw new Error('nothing to measure');
  return {
    refreshes: Number(row.refreshes),
    syncRuns: Number(row.sync_runs),
    postgres: Number(row.database),
    // Not the write-ahead log beside it, which is kept to a few megabytes.
    temporal: statSync(temporalFile, { throwIfNoEntry: false })?.size ?? 0,
  };
}

async function work({ db }: BenchStack) {
  const { rows } = await sql<Record<'refreshes' | 'wal' | 'commits', string>>`
    select ${REFRESHES} as refreshes, pg_current_wal_lsn() - '0/0' as wal,
      (select xact_commit from pg_stat_database where datname = current_database()) as commits`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw new Error('nothing to measure');
  return {
    refreshes: Number(row.refreshes),
    wal: Number(row.wal),
    commits: Number(row.commits),
  };
}
