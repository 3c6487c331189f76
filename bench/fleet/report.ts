import { atMost, type Goal } from '../support/goals.ts';
import { markdownTable } from '../support/markdown-table.ts';
import { median, quantile } from '../support/measure.ts';
import type { Growth } from './growth.ts';
import { MIX, refreshesPerDay } from './intervals.ts';
import type { Fleet } from './run-fleet.ts';

export function growthTable({
  refreshes,
  temporalBytes,
  syncRunsBytes,
  postgresBytes,
  walBytes,
}: Growth): string {
  const perDay = refreshesPerDay(MIX);
  const line = (name: string, bytes: number): string[] => [
    name,
    bytes.toFixed(0),
    kibibytes(bytes),
    kibibytes(bytes * perDay),
    kibibytes(bytes * 1_440),
  ];
  return markdownTable([
    [
      `left behind (by ${refreshes} refreshes)`,
      'bytes a refresh',
      'a day, daily account',
      `a day, the mix (${perDay.toFixed(1)} refreshes)`,
      'a day, one_minute account',
    ],
    line('Temporal: the dev server’s SQLite file', temporalBytes),
    line('Postgres: `sync_runs` and its indexes', syncRunsBytes),
    line('Postgres: all tables', postgresBytes),
    line('Postgres: write-ahead log', walBytes),
  ]);
}

/** What Postgres does for a refresh, the API's and this program's own questions included. */
export const commitsLine = ({ commits }: Growth): string =>
  `${commits.toFixed(1)} transactions in Postgres a refresh`;

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
    ['settled: scheduled refreshes', String(lateness.length)],
    ['settled: refreshes/s', (lateness.length / fleet.measuredSeconds).toFixed(2)],
    ['settled: slots without a refresh', String(fleet.missed)],
    ['settled: late, median', `${median(lateness).toFixed(0)} ms`],
    ['settled: late, p99', `${quantile(lateness, 0.99).toFixed(0)} ms`],
    ['settled: late, most', `${Math.max(...lateness).toFixed(0)} ms`],
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
export function goalsOf({ lateness, missed, failed }: Fleet): Goal[] {
  if (lateness.length === 0) {
    return [{ text: 'no slot in the time that was measured', reached: false }];
  }
  return [
    atMost('slots without a refresh', missed, 0),
    atMost('s late, median', median(lateness) / 1_000, 1.5),
    atMost('s late, p99', quantile(lateness, 0.99) / 1_000, 5),
    atMost('syncs failed', failed, 0),
  ];
}

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
