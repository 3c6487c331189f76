import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { startProcess, type ProcessExit } from '../../dev/processes/managed-process.ts';
import { startTemporalServer } from '../../dev/temporal/server.ts';
import { runInfo } from './run-info.ts';

export interface OwnTemporal {
  readonly address: string;
  readonly port: number;
  readonly dbFile: string;
  stop(): Promise<ProcessExit>;
  kill(): Promise<ProcessExit>;
}

/**
 * A Temporal dev server of the test's own, to be stopped or killed, and started again with the
 * `port` and `dbFile` of the one before. Search attributes are not registered in its `default`
 * namespace.
 */
export async function startTemporal(
  again: { readonly port?: number; readonly dbFile?: string } = {},
): Promise<OwnTemporal> {
  const { temporalCli, runDir } = runInfo();
  const name = `temporal-${randomBytes(4).toString('hex')}`;
  const port = again.port ?? (await freePort());
  const dbFile = again.dbFile ?? path.join(runDir, `${name}.db`);
  const server = await startTemporalServer({
    cli: temporalCli,
    port,
    dbFile,
    logFile: path.join(runDir, 'logs', `${name}.log`),
    start: (spec) => startProcess({ ...spec, registerDir: path.join(runDir, 'run') }),
    env: process.env,
  });
  return {
    address: server.address,
    port,
    dbFile,
    stop: () => server.process.stop(),
    kill: () => {
      server.process.signal('SIGKILL');
      return server.process.exited;
    },
  };
}
