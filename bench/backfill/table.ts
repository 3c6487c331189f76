import { markdownTable } from '../support/markdown-table.ts';
import type { Measured } from '../support/measure.ts';
import { secondsOf, type Rounds } from './goals.ts';

const NAMES = ['', 'seconds (median)', 'seconds (all)', 'rows/s', 'peak memory growth'] as const;

/** A Markdown table. */
export function tableOf({ fullPath, bare, rowByRow }: Rounds, rows: number): string {
  const line = (name: string, list: readonly Measured[]): string[] => [
    name,
    secondsOf(list).toFixed(2),
    list.map(({ seconds }) => seconds.toFixed(2)).join(' '),
    String(Math.round(rows / secondsOf(list))),
    `${Math.ceil(Math.max(...list.map(({ memory }) => memory)) / 1024 ** 2)} MiB`,
  ];
  const first = fullPath.map((round) => round.first);
  const again = fullPath.map((round) => round.again);
  return markdownTable([
    [...NAMES],
    line('Freshet: pages to committed rows', first),
    line('bare `insert … select`, batches of 5,000', bare),
    line('row by row, a transaction a page', rowByRow),
    line('Freshet again, nothing changed', again),
  ]);
}
