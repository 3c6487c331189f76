import type { EndpointName } from './endpoints.ts';

export type PathName = 'freshet' | EndpointName;

export interface Path {
  readonly title: string;
  /** Its main file, and what it logs once it takes webhooks. */
  readonly main: string;
  readonly ready: string;
  readonly env: Readonly<Record<string, string>>;
  /** How many of the webhooks it gets: a slow one would hold up the rest. */
  readonly share: number;
  /** Tables of which each must hold a row for every acknowledged webhook. */
  readonly tables: readonly string[];
}

const beside = (name: EndpointName) => ({
  main: 'bench/intake/endpoint-main.ts',
  ready: 'endpoint ready',
  env: { BENCH_ENDPOINT: name },
});

export const PATHS: Readonly<Record<PathName, Path>> = {
  freshet: {
    title: 'Freshet',
    main: 'api/server.ts',
    ready: 'api ready',
    env: {},
    share: 1,
    tables: ['inbound_webhooks', 'webhook_effects'],
  },
  insert: {
    title: 'a bare insert a request',
    ...beside('insert'),
    share: 1,
    tables: ['inbound_webhooks'],
  },
  signal: {
    title: 'the same, and an awaited `signalWithStart`',
    ...beside('signal'),
    share: 1 / 6,
    tables: ['inbound_webhooks'],
  },
  job: {
    title: 'a graphile-worker job a request',
    ...beside('job'),
    share: 1,
    tables: ['graphile_worker.jobs'],
  },
};
