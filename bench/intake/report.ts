import { atLeast, type Goal } from '../support/goals.ts';
import { markdownTable } from '../support/markdown-table.ts';
import { median } from '../support/measure.ts';
import type { Acknowledgements, Runs } from './acknowledgements.ts';
import type { Burst } from './burst.ts';
import { PATHS, type PathName } from './paths.ts';
import type { Acknowledged, Consumer } from './run-path.ts';

const NAMES = ['freshet', 'insert', 'signal', 'job'] as const;
const CONSUMERS = ['endpoint', 'postgres', 'temporal', 'load'] as const;

export function pathsTable({ paths }: Acknowledgements, senders: number): string {
  const line = (name: PathName): string[] => [
    PATHS[name].title,
    ...speed(paths[name]),
    paths[name].map(({ perSecond }) => perSecond.toFixed(0)).join(' '),
    paths[name].map(({ refused }) => refused).join(' '),
    timesFreshet(paths, name),
  ];
  return markdownTable([
    [
      `acknowledged, ${senders} senders`,
      'a second (median)',
      'p50 ms',
      'p99 ms',
      'a second (all)',
      'sent again',
      'Freshet is',
    ],
    ...NAMES.map(line),
  ]);
}

export function costTable({ paths }: Acknowledgements): string {
  const line = (name: PathName): string[] => [
    PATHS[name].title,
    ...CONSUMERS.map((one: Consumer) => of(paths[name], (run) => run.cpuMs[one]).toFixed(2)),
  ];
  return markdownTable([
    ['ms of a core each', 'endpoint', 'Postgres', 'Temporal', 'load generator'],
    ...NAMES.map(line),
  ]);
}

export function sendersTable({ bySenders }: Acknowledgements): string {
  const sorted = [...bySenders].sort(([a], [b]) => a - b);
  return markdownTable([
    ['senders', 'Freshet/s', 'p50 ms', 'p99 ms', 'bare/s', 'p50 ms', 'p99 ms', 'times'],
    ...sorted.map(([senders, { freshet, insert }]) => [
      String(senders),
      ...speed(freshet),
      ...speed(insert),
      ratio(freshet, insert).toFixed(2),
    ]),
  ]);
}

export function burstTable(freshet: Burst, naive: Burst, accounts: number): string {
  const line = (name: string, cell: (burst: Burst) => string): string[] => [
    name,
    cell(freshet),
    cell(naive),
  ];
  return markdownTable([
    [`${freshet.webhooks} webhooks over ${accounts} accounts`, 'Freshet', 'naive'],
    line('until all are acknowledged', (one) => seconds(one.acknowledgedSeconds)),
    line('until all tables are as the bank', (one) => seconds(one.currentSeconds)),
    line('signals', ({ signals }) => String(signals)),
    line('syncs, or activities', ({ syncs }) => String(syncs)),
    line('sent again', ({ refused }) => String(refused)),
    line('of a core: API and worker', ({ cpuSeconds }) => seconds(cpuSeconds.service)),
    line('of a core: Temporal', ({ cpuSeconds }) => seconds(cpuSeconds.temporal)),
    line('of a core: Postgres', ({ cpuSeconds }) => seconds(cpuSeconds.postgres)),
  ]);
}

export const goalsOf = {
  acknowledgements({ paths: { freshet, insert, signal, job } }: Acknowledgements): Goal[] {
    return [
      atLeast('times a bare insert', ratio(freshet, insert), 1.5),
      atLeast('times an awaited signal', ratio(freshet, signal), 5),
      atLeast('times a graphile-worker job', ratio(freshet, job), 1),
    ];
  },
  burst(freshet: Burst, naive: Burst): Goal[] {
    return [
      atLeast('times fewer signals', naive.signals / freshet.signals, 10),
      atLeast('times fewer syncs', naive.syncs / freshet.syncs, 10),
      atLeast('times sooner current', naive.currentSeconds / freshet.currentSeconds, 5),
    ];
  },
};

const speed = (runs: Runs): string[] => [
  of(runs, (run) => run.perSecond).toFixed(0),
  of(runs, (run) => run.p50Ms).toFixed(1),
  of(runs, (run) => run.p99Ms).toFixed(1),
];

const seconds = (value: number): string => `${value.toFixed(1)} s`;

const of = (runs: Runs, value: (run: Acknowledged) => number): number => median(runs.map(value));

function timesFreshet(paths: Acknowledgements['paths'], name: PathName): string {
  return name === 'freshet' ? '' : `${ratio(paths.freshet, paths[name]).toFixed(2)} times`;
}

/** The median of the rounds' own: what slows the machine for a while slows both. */
function ratio(runs: Runs, others: Runs): number {
  return median(runs.map(({ perSecond }, round) => perSecond / (others[round]?.perSecond ?? 0)));
}
