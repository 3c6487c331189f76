import { Client, type QueryResult } from 'pg';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess, ProcessStarter } from '../processes/managed-process.ts';
import { lastLines } from '../processes/last-lines.ts';
import { postgresBinaries } from './binaries.ts';
import { preparePostgresFolder } from './data-folder.ts';
import { postgresEnv } from './environment.ts';
import { initCluster } from './init-cluster.ts';
import { postgresUser } from './run-as.ts';
import { runnableBinaries } from './shared-binaries.ts';
import { clearStalePidFile } from './stale-pid-file.ts';

export interface PostgresServerOptions {
  /** Where the cluster lives; created when it is not there. */
  readonly dir: string;
  readonly port: number;
  readonly password: string;
  /** False only where nothing has to outlive a power cut. */
  readonly durable: boolean;
  readonly logFile: string;
  readonly start: ProcessStarter;
}

export interface PostgresServer {
  /** Of the superuser `freshet` and the database `freshet`. */
  readonly url: string;
  readonly process: ManagedProcess;
}

const NAME = 'freshet';
const READY_MS = 60_000;

/**
 * Starts the embedded Postgres on 127.0.0.1 (TCP only, password demanded) and waits until it
 * answers and the database `freshet` is there. SIGINT, Postgres' "fast shutdown", stops it within a
 * second or so.
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const { port, password, durable } = options;
  const user = await postgresUser();
  const binaries = await runnableBinaries(postgresBinaries(), user);
  const dir = await preparePostgresFolder(path.resolve(options.dir), user);
  const data = await initCluster({ dir, binaries, user, superuser: NAME, password, durable });
  const other = clearStalePidFile(data);
  if (other !== undefined) {
    throw new Error(
      `A Postgres that this did not start runs on ${data} already (process ${other}).`,
    );
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket in /tmp could collide with another server's.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const server = await options.start({
    name: 'Postgres',
    command: path.join(binaries, 'bin', 'postgres'),
    args: [
      '-D',
      data,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    env: postgresEnv(),
    cwd: dir,
    user,
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    // "Immediate shutdown": loses nothing, the next start recovers from the write-ahead log.
    hurrySignal: 'SIGQUIT',
  });
  const url = (database: string): string =>
    `postgres://${NAME}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  try {
    await ready(url('postgres'), server);
    await createDatabase(url('postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: url(NAME), process: server };
}

async function ready(url: string, server: ManagedProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const exit = server.exit();
    if (exit !== undefined) {
      throw new Error(
        `Postgres ended with ${exit.code ?? exit.signal} at start. The end of ${server.logFile}:\n` +
          lastLines(server.logFile, 8),
      );
    }
    try {
      await query(url, 'select 1');
      return;
    } catch (error) {
      // 28P01, invalid_password: waiting does not help.
      if ((error as { code?: string }).code === '28P01') throw error;
      if (Date.now() > deadline) {
        throw new Error(`Postgres does not answer; its log: ${server.logFile}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const found = await query(url, `select 1 from pg_database where datname = '${NAME}'`);
  if (found.rowCount === 0) await query(url, `create database ${NAME}`);
}

async function query(url: string, sql: string): Promise<QueryResult> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that ends outside a query would otherwise end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
