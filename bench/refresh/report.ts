import { atLeast, atMost, type Goal } from '../support/goals.ts';
import { markdownTable } from '../support/markdown-table.ts';
import { median, quantile } from '../support/measure.ts';
import type { RefreshCost } from './history-cost.ts';
import type { Sample, Throughput } from './throughput.ts';
import type { Latencies } from './webhook-latency.ts';

interface Costs {
  readonly unchanged: RefreshCost;
  readonly changed: RefreshCost;
}

export function costTable({ unchanged, changed }: Costs): string {
  return markdownTable([
    [
      'a refresh of both products',
      'refreshes',
      'events',
      'billable actions',
      'workflow tasks',
      'state transitions',
      'history bytes',
      'found something new',
    ],
    costLine('nothing changed', unchanged),
    costLine('something changed', changed),
  ]);
}

export function throughputTable({ freshet, bare, sampled, asked }: Throughput): string {
  const sides = { freshet, bare };
  const rates = (side: 'freshet' | 'bare'): string =>
    sides[side].map((rate) => rate.toFixed(1)).join(' ');
  const each = (name: string, of: keyof Sample, digits: number): string[] => [
    name,
    sampled.freshet[of].toFixed(digits),
    sampled.bare[of].toFixed(digits),
  ];
  return markdownTable([
    [`${asked.toFixed(1)} refreshes/s are asked for`, 'account workflow', 'bare loop'],
    ['refreshes/s (median)', median(freshet).toFixed(1), median(bare).toFixed(1)],
    ['refreshes/s (all)', rates('freshet'), rates('bare')],
    each('events each', 'events', 2),
    each('workflow tasks each', 'workflowTasks', 2),
    each('timers each', 'timers', 2),
    each('activities each', 'activities', 2),
    each('server: ms of a core each', 'serverCpuMs', 1),
    each('worker: ms of a core each', 'workerCpuMs', 1),
  ]);
}

export function latencyTable({ webhook, acknowledged, floor }: Latencies): string {
  return markdownTable([
    ['', 'measured', 'median ms', 'p99 ms'],
    timesLine('webhook to committed row', webhook),
    timesLine('of it, until acknowledged', acknowledged),
    timesLine('floor: signal, workflow, one insert', floor),
  ]);
}

export const goalsOf = {
  cost: ({ unchanged, changed }: Costs): Goal[] => [
    atMost('events a refresh', Math.max(unchanged.events, changed.events), 15),
  ],
  /**
   * The median of the rounds' own ratios. Where the bare loop keeps up with the schedule, it is the
   * schedule that has been measured.
   */
  throughput: ({ freshet, bare, asked }: Throughput): Goal[] => [
    atMost('of the schedule done by the bare loop', median(bare) / asked, 0.9),
    atLeast(
      'of the bare loop',
      median(freshet.map((rate, round) => rate / (bare[round] ?? Number.NaN))),
      0.8,
    ),
  ],
  latency: ({ webhook, floor }: Latencies): Goal[] => [
    atMost('times the floor, webhook to row', median(webhook) / median(floor), 1.5),
  ],
};

const costLine = (name: string, cost: RefreshCost): string[] => [
  name,
  String(cost.refreshes),
  cost.events.toFixed(2),
  cost.actions.toFixed(2),
  cost.workflowTasks.toFixed(2),
  cost.stateTransitions.toFixed(2),
  String(Math.round(cost.historyBytes)),
  `${Math.round(cost.changed * 100)} %`,
];

const timesLine = (name: string, times: readonly number[]): string[] => [
  name,
  String(times.length),
  median(times).toFixed(1),
  quantile(times, 0.99).toFixed(1),
];
