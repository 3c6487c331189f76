import { atLeast, atMost, type Goal } from '../support/goals.ts';
import { markdownTable } from '../support/markdown-table.ts';
import { median } from '../support/measure.ts';
import type { Run, Throughput } from './throughput.ts';
import type { Trickle } from './trickle.ts';

export function throughputTable(measured: readonly Throughput[]): string {
  return markdownTable([
    [
      'to local receivers',
      'Freshet/s',
      '(all)',
      'bare loop/s',
      '(all)',
      'ratio',
      'history events per 1,000',
    ],
    ...measured.map((one) => [
      String(one.receivers),
      speed(one.freshet),
      all(one.freshet),
      speed(one.bare),
      all(one.bare),
      ratio(one).toFixed(2),
      one.history.toFixed(1),
    ]),
  ]);
}

export function costTable(measured: readonly Throughput[]): string {
  return markdownTable([
    ['ms of a core for a delivery', 'sender', 'Postgres', 'receivers'],
    ...measured.flatMap(({ receivers, freshet, bare }) => [
      costs(`Freshet, ${receivers}`, freshet),
      costs(`bare loop, ${receivers}`, bare),
    ]),
  ]);
}

const PARTS = ['sender', 'postgres', 'receivers'] as const;

const costs = (name: string, runs: readonly Run[]): string[] => [
  name,
  ...PARTS.map((part) => median(runs.map(({ cpuMs }) => cpuMs[part])).toFixed(3)),
];

export function trickleTable(trickles: readonly Trickle[]): string {
  return markdownTable([
    ['one by one', 'p50 ms', 'p99 ms', 'history events per 1,000'],
    ...trickles.map(({ perSecond, p50, p99, history }) => [
      `${perSecond} a second`,
      p50.toFixed(0),
      p99.toFixed(0),
      history.toFixed(0),
    ]),
  ]);
}

export function goalsOf(measured: readonly Throughput[]): Goal[] {
  return measured.flatMap((one) => [
    atLeast(`times a bare loop, ${one.receivers} receivers`, ratio(one), 0.6),
    atMost(`history events per 1,000 deliveries, ${one.receivers} receivers`, one.history, 300),
  ]);
}

const of = (runs: readonly Run[]): number => median(runs.map(({ perSecond }) => perSecond));
const speed = (runs: readonly Run[]): string => of(runs).toFixed(0);
const all = (runs: readonly Run[]): string => runs.map((run) => run.perSecond.toFixed(0)).join(' ');
const ratio = ({ freshet, bare }: Throughput): number => of(freshet) / of(bare);
