import { atMost, type Goal } from '../support/goals.ts';
import { markdownTable } from '../support/markdown-table.ts';
import { median, quantile } from '../support/measure.ts';
import type { Growth } from './growth.ts';
import type { Fleet } from './run-fleet.ts';

export function growthTable(growth: Growth): string {
  return markdownTable([
    [`left behind by a refresh (of ${growth.refreshes})`, 'bytes'],
    ['Temporal: the dev server’s SQLite file', growth.temporalBytes.toFixed(0)],
    ['Postgres: `sync_runs` and its indexes', growth.syncRunsBytes.toFixed(0)],
    ['Postgres: all', growth.postgresBytes.toFixed(0)],
  ]);
}

export function fleetTable(fleet: Fleet): string {
  const { lateness, cores, rss, accounts } = fleet;
  return markdownTable([
    [`${accounts} accounts`, 'measured'],
    ['until all workflows are started', `${fleet.startSeconds.toFixed(0)} s`],
    ['until all accounts have refreshed once', `${fleet.refreshedSeconds.toFixed(0)} s`],
    ['refreshes/s on the way', (accounts / fleet.refreshedSeconds).toFixed(1)],
    ['cores on the way: worker', cores.comingUp.worker.toFixed(2)],
    ['cores on the way: Temporal', cores.comingUp.temporal.toFixed(2)],
    ['cores on the way: Postgres', cores.comingUp.postgres.toFixed(2)],
    ['settled: measured for', `${fleet.measuredSeconds.toFixed(0)} s`],
    ['settled: scheduled refreshes', String(fleet.refreshes)],
    ['settled: refreshes/s', (fleet.refreshes / fleet.measuredSeconds).toFixed(2)],
    ['settled: late, median', `${median(lateness).toFixed(0)} ms`],
    ['settled: late, p99', `${quantile(lateness, 0.99).toFixed(0)} ms`],
    ['settled, cores: worker', cores.settled.worker.toFixed(2)],
    ['settled, cores: Temporal', cores.settled.temporal.toFixed(2)],
    ['settled, cores: Postgres', cores.settled.postgres.toFixed(2)],
    ['worker’s memory before', mebibytes(rss.before)],
    ['worker’s memory, most', mebibytes(rss.peak)],
    ['worker’s memory, settled', mebibytes(rss.after)],
    ['the same per account', `${((rss.after - rss.before) / accounts / 1024).toFixed(0)} KiB`],
    ['syncs that failed', String(fleet.failed)],
  ]);
}

/** Goals of our own choice. */
export function goalsOf({ lateness, failed }: Fleet): Goal[] {
  return [
    atMost('s late, median', median(lateness) / 1_000, 1.5),
    atMost('s late, p99', quantile(lateness, 0.99) / 1_000, 5),
    atMost('syncs failed', failed, 0),
  ];
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
