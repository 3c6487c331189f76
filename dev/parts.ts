import { fileURLToPath } from 'node:url';
import { partEnvironments, type PartEnvironments } from './part-environments.ts';
import { startPostgresServer } from './postgres/server.ts';
import { waitForLog } from './processes/wait-for-log.ts';
import type { Progress } from './progress.ts';
import type { DevSecrets } from './secrets.ts';
import type { StartSettings } from './settings.ts';
import type { StateDir } from './state-dir.ts';
import type { Supervisor } from './supervisor.ts';
import { findCli } from './temporal/find-cli.ts';
import { startTemporalServer } from './temporal/server.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

export interface BringUpOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly settings: StartSettings;
  readonly state: StateDir;
  readonly secrets: DevSecrets;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Running {
  readonly databaseUrl: string;
  readonly workerLog: string;
}

/** Brings up everything but the demo, in the order in which the parts need each other. */
export async function bringUp(options: BringUpOptions): Promise<Running> {
  const { env, settings, state, secrets, supervisor, progress, signal } = options;

  const postgres = await progress.step(`Postgres on port ${settings.postgresPort}`, () =>
    startPostgresServer({
      dir: state.postgres,
      port: settings.postgresPort,
      password: secrets.postgresPassword,
      durable: true,
      logFile: state.log('postgres'),
      start: supervisor.start,
    }),
  );
  const environments = partEnvironments(env, settings, state, secrets, {
    database: postgres.url,
    temporal: `127.0.0.1:${settings.temporalPort}`,
  });
  await progress.step('database migrated', () =>
    runOnce(options, 'The migration', 'db/migrate-main.ts', environments.migrate),
  );
  const cli = await progress.step('Temporal CLI', () =>
    findCli({ env, say: progress.say, signal }),
  );
  await progress.step(`Temporal on port ${settings.temporalPort}`, () =>
    startTemporalServer({
      cli,
      port: settings.temporalPort,
      uiPort: settings.temporalUiPort,
      dbFile: state.temporalDb,
      logFile: state.log('temporal'),
      start: supervisor.start,
      env,
    }),
  );
  await progress.step('search attributes registered', () =>
    runOnce(
      options,
      'The registration of search attributes',
      'worker/register-search-attributes-main.ts',
      environments.temporal,
    ),
  );
  await startNodeParts(options, environments);
  return { databaseUrl: postgres.url, workerLog: state.log('worker') };
}

async function startNodeParts(
  options: BringUpOptions,
  environments: PartEnvironments,
): Promise<void> {
  const { settings, progress } = options;
  const parts = [
    {
      name: 'The sandbox bank',
      label: `sandbox bank on port ${settings.sandboxPort}`,
      log: 'sandbox',
      main: 'sandbox/server.ts',
      env: environments.sandbox,
      ready: 'sandbox bank ready',
    },
    {
      name: 'The worker',
      label: 'worker',
      log: 'worker',
      main: 'worker/main.ts',
      env: environments.worker,
      ready: 'worker ready',
    },
    {
      name: 'The API',
      label: `API on port ${settings.apiPort}`,
      log: 'api',
      main: 'api/server.ts',
      env: environments.api,
      ready: 'api ready',
    },
  ];
  for (const { name, label, log, main, env, ready } of parts) {
    await progress.step(label, async () => {
      const part = await options.supervisor.start({
        name,
        command: process.execPath,
        args: [`${ROOT}${main}`],
        env,
        cwd: ROOT,
        logFile: options.state.log(log),
      });
      await waitForLog(part, ready);
    });
  }
}

function runOnce(
  { supervisor, state }: BringUpOptions,
  name: string,
  main: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  return supervisor.run({
    name,
    command: process.execPath,
    args: [`${ROOT}${main}`],
    env,
    cwd: ROOT,
    logFile: state.log('set-up'),
  });
}
