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
  return aligned([
    [...NAMES],
    line('Freshet: pages to committed rows', first),
    line('bare `insert … select`, batches of 5,000', bare),
    line('row by row, a transaction a page', rowByRow),
    line('Freshet again, nothing changed', again),
  ]);
}

function aligned(cells: readonly (readonly string[])[]): string {
  const widths = NAMES.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head, ...rest] = lines;
  return [head ?? [], rule, ...rest].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
