import { freePort } from '../../../dev/ports.ts';
import { startApiProcess } from '../../support/start-api-process.ts';
import type { TestBank } from '../../support/start-bank.ts';
import { startFreshet, type Freshet, type FreshetOptions } from '../../support/start-freshet.ts';
import { startTemporal } from '../../support/start-temporal.ts';
import type { Kill } from './kill-plan.ts';
import { migratedPostgres, restartPostgres } from './migrated-postgres.ts';
import { mortalProcess, type Mortal } from './mortal.ts';

export interface KillableFreshet {
  readonly freshet: Freshet;
  /** Of the API's two instances. */
  readonly urls: readonly string[];
  /** The servers that a kill is about. */
  concerned(kill: Kill): readonly Mortal[];
  /** Those of our processes that have ended by themselves, and how. */
  readonly ended: readonly string[];
  close(): Promise<void>;
}

/**
 * Two instances of the API, a worker, a Temporal and a Postgres, each to be killed and started again.
 * @param more options go before its own.
 */
export async function startKillableFreshet(
  bank: TestBank,
  more: Partial<FreshetOptions> = {},
): Promise<KillableFreshet> {
  let postgres = await migratedPostgres();
  let temporal = await startTemporal();
  const freshet = await startFreshet({
    databaseUrl: postgres.url,
    temporal: { address: temporal.address, namespace: 'default' },
    okraBaseUrl: `${bank.url}/v2`,
    okraSecretKey: bank.secretKey,
    okraWebhookToken: bank.webhookToken,
    reconcileSeconds: 2,
    // What failed for good while something was away waits for a second, not for a minute.
    pace: { firstRetryMs: 1_000, longestRetryMs: 2_000 },
    worker: false,
    ...more,
  });

  const ended: string[] = [];
  const note = (how: string): void => {
    ended.push(how);
  };
  const ports = [await freePort(), await freePort()];
  const apis = ports.map((port, index) =>
    mortalProcess(`api ${index}`, () => startApiProcess(freshet, port), note),
  );
  const worker = mortalProcess('worker', () => freshet.startWorker(), note);
  const others: Record<Exclude<Kill['what'], 'api'>, Mortal> = {
    worker,
    temporal: {
      name: 'temporal',
      kill: () => temporal.kill(),
      start: async () => {
        temporal = await startTemporal(temporal);
      },
    },
    postgres: {
      name: 'postgres',
      kill: () => postgres.kill(),
      start: async () => {
        postgres = await restartPostgres(postgres);
      },
    },
  };
  await Promise.all([...apis, worker].map((one) => one.start()));

  return {
    freshet,
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    concerned: ({ what, instances }) =>
      what === 'api' ? apis.filter((_, index) => instances.includes(index)) : [others[what]],
    ended,
    async close() {
      await Promise.all([...apis, worker].map((one) => one.stop()));
      await freshet.close();
      await temporal.stop();
      await postgres.stop();
    },
  };
}
