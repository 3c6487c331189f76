import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { createKeyRing, type KeyRing } from '../../credentials/key-ring.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { freePort } from '../../dev/ports.ts';
import type { ManagedProcess } from '../../dev/processes/managed-process.ts';
import { waitForLog } from '../../dev/processes/wait-for-log.ts';
import { findCli } from '../../dev/temporal/find-cli.ts';
import { startTemporalServer } from '../../dev/temporal/server.ts';
import { registerSearchAttributes } from '../../temporal/register-search-attributes.ts';
import { openBenchFolder } from './open-bench-folder.ts';
import { print } from './print.ts';
import { runPostgres } from './start-bench-postgres.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface BenchStack {
  readonly databaseUrl: string;
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly temporal: Client;
  readonly temporalAddress: string;
  readonly webhookToken: string;
  readonly bankUrl: string;
  /** Null where Temporal keeps everything in memory. */
  readonly temporalFile: string | null;
  readonly temporalPid: number;
  readonly postgresPid: number;
  /** A call to the bank's control API. */
  bank<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Starts a main file of the repository in a process of its own, and waits until it is ready. */
  startPart(
    main: string,
    ready: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<ManagedProcess>;
  /** As the compose file runs it: its workflows bundled before, its garbage kept small. */
  startWorker(env?: Readonly<Record<string, string>>): Promise<ManagedProcess>;
  /** Answers with the API's address. */
  startApi(): Promise<string>;
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Keeps Temporal's data in a SQLite file, not in memory. */
  readonly keepsTemporal?: boolean;
}

/**
 * Postgres (durable), a Temporal dev server and the sandbox bank, each a process of its own. The bank
 * answers at once.
 */
export async function startBenchStack(options: StackOptions): Promise<BenchStack> {
  const folder = await openBenchFolder();
  try {
    return await bringUp(folder, options);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function bringUp(
  folder: Awaited<ReturnType<typeof openBenchFolder>>,
  { env, keepsTemporal }: StackOptions,
): Promise<BenchStack> {
  const { dir, start } = folder;
  const postgres = await runPostgres(folder);
  const cli = await findCli({ env, say: print });
  const dbFile = keepsTemporal ? path.join(dir, 'temporal.db') : undefined;
  const server = await startTemporalServer({
    cli,
    port: await freePort(),
    dbFile,
    logFile: path.join(dir, 'temporal.log'),
    start,
    env,
  });
  const db = connectDatabase({ url: postgres.url, poolSize: 8, onIdleError: () => undefined });
  await migrate(db);
  const connection = await Connection.connect({ address: server.address });
  await registerSearchAttributes(connection, 'default');

  const credentialsKeys = `bench:${randomBytes(32).toString('base64')}`;
  const secretKey = randomBytes(12).toString('hex');
  const webhookToken = randomBytes(12).toString('hex');
  const bankPort = await freePort();
  const bankUrl = `http://127.0.0.1:${bankPort}`;
  const { PATH, HOME } = env;
  const common = {
    PATH,
    HOME,
    FRESHET_DATABASE_URL: postgres.url,
    FRESHET_CREDENTIALS_KEYS: credentialsKeys,
    FRESHET_OKRA_BASE_URL: `${bankUrl}/v2`,
    FRESHET_OKRA_SECRET_KEY: secretKey,
    FRESHET_OKRA_WEBHOOK_TOKEN: webhookToken,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: 'default',
  };
  let parts = 0;
  const startPart: BenchStack['startPart'] = async (main, ready, more = {}) => {
    // One that is started again has another log, which tells when it is ready.
    parts += 1;
    const part = await start({
      name: main,
      command: process.execPath,
      args: [path.join(ROOT, main)],
      env: { ...common, ...more },
      cwd: ROOT,
      logFile: path.join(dir, `${parts}-${main.replaceAll('/', '-')}.log`),
    });
    await waitForLog(part, ready);
    return part;
  };
  const bank: BenchStack['bank'] = async <T>(method: string, at: string, body?: unknown) => {
    const response = await fetch(`${bankUrl}/control${at}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`the bank: ${method} ${at}: ${response.status}`);
    return (await response.json()) as T;
  };
  await startPart('sandbox/server.ts', 'sandbox bank ready', {
    FRESHET_SANDBOX_PORT: String(bankPort),
    FRESHET_SANDBOX_SECRET_KEY: secretKey,
  });
  await bank('PUT', '/settings', { processing_ms: 0 });
  return {
    databaseUrl: postgres.url,
    db,
    keyRing: createKeyRing(credentialsKeys),
    temporal: new Client({ connection, namespace: 'default' }),
    temporalAddress: server.address,
    webhookToken,
    bankUrl,
    temporalFile: dbFile ?? null,
    temporalPid: server.process.pid,
    postgresPid: postgres.pid,
    bank,
    startPart,
    async startWorker(more = {}) {
      const bundle = path.join(dir, 'workflow-bundle.js');
      await promisify(execFile)(process.execPath, [
        path.join(ROOT, 'worker/bundle-main.ts'),
        bundle,
      ]);
      return await startPart('worker/main.ts', 'worker ready', {
        FRESHET_WORKFLOW_BUNDLE: bundle,
        NODE_OPTIONS: '--max-semi-space-size=8',
        ...more,
      });
    },
    async startApi() {
      const port = await freePort();
      await startPart('api/server.ts', 'api ready', { FRESHET_API_PORT: String(port) });
      return `http://127.0.0.1:${port}`;
    },
    async stop() {
      try {
        await connection.close();
        await db.destroy();
      } finally {
        await folder.close();
      }
    },
  };
}
