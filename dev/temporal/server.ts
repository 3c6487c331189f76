import { Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess, ProcessStarter } from '../processes/managed-process.ts';

export interface TemporalServerOptions {
  readonly cli: string;
  readonly port: number;
  /** Without it the server has no web UI. */
  readonly uiPort?: number | undefined;
  /** Without it everything is kept in memory. */
  readonly dbFile?: string | undefined;
  /** More of the server's dynamic configuration, each as `name=JSON`. */
  readonly dynamicConfig?: readonly string[];
  readonly logFile: string;
  readonly start: ProcessStarter;
  readonly env: NodeJS.ProcessEnv;
}

export interface TemporalServer {
  readonly address: string;
  readonly process: ManagedProcess;
}

const READY_MS = 60_000;

const DYNAMIC_CONFIG = [
  // It would ask the vendor's site for newer versions.
  'frontend.enableServerVersionCheck=false',
  // Priorities and rates hold within a partition of a queue, and a queue would have four.
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

/**
 * Starts a Temporal dev server on 127.0.0.1 and waits until it answers.
 *
 * Its SQLite file runs in WAL mode with `synchronous=NORMAL`: a commit is in the operating system's
 * hands before it is acknowledged, so that no way of ending the process loses any (SIGKILL
 * included), and only checkpoints pay for an fsync. A power cut may lose the last moments, but
 * never leaves a broken file (as OFF could); the reconciler then repairs from Postgres.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { port, uiPort, dbFile } = options;
  const server = await options.start({
    name: 'Temporal',
    command: options.cli,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
      ...(dbFile === undefined ? [] : ['--sqlite-pragma', 'journal_mode=WAL']),
      ...(dbFile === undefined ? [] : ['--sqlite-pragma', 'synchronous=NORMAL']),
      ...[...DYNAMIC_CONFIG, ...(options.dynamicConfig ?? [])].flatMap((value) => [
        '--dynamic-config-value',
        value,
      ]),
      '--log-level',
      'error',
    ],
    env: withoutTemporalSettings(options.env),
    logFile: options.logFile,
  });
  const address = `127.0.0.1:${port}`;
  try {
    await ready(address, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { address, process: server };
}

/** The CLI would take TEMPORAL_* for settings of its own. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function ready(address: string, server: ManagedProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const exit = server.exit();
    if (exit !== undefined) {
      throw new Error(
        `Temporal ended with ${exit.code ?? exit.signal}; its log: ${server.logFile}`,
      );
    }
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`Temporal does not answer on ${address}; its log: ${server.logFile}`, {
          cause: error,
        });
      }
      await sleep(100);
    }
  }
}
