import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { startPostgresServer } from '../../dev/postgres/server.ts';
import { startProcess, type ProcessExit } from '../../dev/processes/managed-process.ts';
import { childrenOf } from './children-of.ts';
import { runInfo } from './run-info.ts';

export interface OwnPostgres {
  /** Of the superuser and an empty database `freshet`, in which nothing is migrated. */
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  stop(): Promise<ProcessExit>;
  /** As a crash would be: the next start recovers. */
  kill(): Promise<ProcessExit>;
  /** Stops all of its processes where they are: it takes connections still, and answers nothing. */
  freeze(): void;
  /** Has those that were frozen go on. */
  thaw(): void;
}

/**
 * A Postgres of the test's own, to be stopped or killed, and started again with the `port` and
 * `dir` of the one before. What it has committed outlives a kill only where it is `durable`.
 */
export async function startPostgres(
  again: { readonly port?: number; readonly dir?: string; readonly durable?: boolean } = {},
): Promise<OwnPostgres> {
  const { runDir } = runInfo();
  const name = `postgres-${randomBytes(4).toString('hex')}`;
  const port = again.port ?? (await freePort());
  const dir = again.dir ?? path.join(runDir, name);
  const server = await startPostgresServer({
    dir,
    port,
    password: 'freshet',
    durable: again.durable ?? false,
    logFile: path.join(runDir, 'logs', `${name}.log`),
    start: (spec) => startProcess({ ...spec, registerDir: path.join(runDir, 'run') }),
  });
  let frozen: number[] = [];
  return {
    url: server.url,
    port,
    dir,
    stop: () => server.process.stop(),
    kill: () => {
      server.process.signal('SIGKILL');
      return server.process.exited;
    },
    freeze() {
      // First the one that starts the others.
      const { pid } = server.process;
      process.kill(pid, 'SIGSTOP');
      const children = childrenOf(pid);
      for (const child of children) process.kill(child, 'SIGSTOP');
      frozen = [...children, pid];
    },
    thaw() {
      for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
    },
  };
}
