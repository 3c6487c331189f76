import { Client } from 'pg';
import { freePort } from '../../dev/ports.ts';
import { usageOf } from '../support/process-usage.ts';
import { countHistories } from './count-histories.ts';
import type { IntakeBench } from './intake-bench.ts';
import { PATHS, type PathName } from './paths.ts';

export interface Acknowledged {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Webhooks that had to be sent again, those before the clock ran included. */
  readonly refused: number;
  /** Milliseconds of a core for each acknowledgement, until the last of them. */
  readonly cpuMs: Readonly<Record<Consumer, number>>;
}

export type Consumer = 'endpoint' | 'postgres' | 'temporal' | 'load';

/** A process that has just started runs slower code: so many more come before, and are not counted. */
const WARM_UP = 0.25;
const NAME = 'bench_intake';

/**
 * Has `count` webhooks posted to one of the endpoints, in a process of its own and with a database of
 * its own. Throws where one that was acknowledged is not there afterwards.
 */
export async function runPath(
  bench: IntakeBench,
  name: PathName,
  { senders, count }: { readonly senders: number; readonly count: number },
): Promise<Acknowledged> {
  const { stack, load, databases, bodies } = bench;
  const path = PATHS[name];
  const url = await databases.create(NAME);
  const port = await freePort();
  const told = name === 'signal' ? await signalsOf(bench) : 0;
  const endpoint = await stack.startPart(path.main, path.ready, {
    ...path.env,
    FRESHET_DATABASE_URL: url,
    FRESHET_API_PORT: String(port),
  });
  const warmUp = Math.ceil(count * WARM_UP);
  const to = { url: `http://127.0.0.1:${port}/webhooks/okra`, token: stack.webhookToken, senders };
  const warmedUp = await load.send({ ...to, bodies: bodies.slice(0, warmUp) });

  const usage = (): Record<Exclude<Consumer, 'load'>, number> => ({
    endpoint: usageOf(endpoint.pid).cpuSeconds,
    postgres: usageOf(stack.postgresPid).cpuSeconds,
    temporal: usageOf(stack.temporalPid).cpuSeconds,
  });
  const before = usage();
  const sent = await load.send({ ...to, bodies: bodies.slice(warmUp, warmUp + count) });
  const after = usage();
  await endpoint.stop();

  const refused = warmedUp.refused + sent.refused;
  // One that was sent again may be there twice: only Freshet tells such from others.
  const check = (what: string, found: number): void => {
    const missing = warmUp + count - found;
    if (missing > 0 || (refused === 0 && missing < 0)) {
      throw new Error(`${name} left ${found} of ${warmUp + count} ${what}`);
    }
  };
  for (const table of path.tables) check(`rows in ${table}`, await countRows(url, table));
  if (name === 'signal') check('signals', (await signalsOf(bench)) - told);
  await databases.drop(NAME);
  const each = (seconds: number): number => (seconds * 1_000) / count;
  return {
    perSecond: (count * 1_000) / (sent.to - sent.from),
    p50Ms: sent.p50Ms,
    p99Ms: sent.p99Ms,
    refused,
    cpuMs: {
      endpoint: each(after.endpoint - before.endpoint),
      postgres: each(after.postgres - before.postgres),
      temporal: each(after.temporal - before.temporal),
      load: each(sent.cpuSeconds),
    },
  };
}

async function countRows(url: string, table: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

async function signalsOf({ stack, naiveIds }: IntakeBench): Promise<number> {
  const { signals } = await countHistories(stack.temporal, naiveIds);
  return signals;
}
