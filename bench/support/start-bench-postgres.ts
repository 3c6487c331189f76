import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { removePostgresFolder } from '../../dev/postgres/data-folder.ts';
import { startPostgresServer } from '../../dev/postgres/server.ts';
import { startGuard } from '../../dev/processes/guard.ts';
import { stopLeftovers } from '../../dev/processes/leftovers.ts';
import { startProcess } from '../../dev/processes/managed-process.ts';

export interface BenchPostgres {
  /** Of the superuser and an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Postgres for one benchmark, as production would be: it waits for the disk at every commit, and
 * nothing else of its settings is changed. It goes, data and all, with `stop` or with this process.
 */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const dir = await mkdtemp(path.join(tmpdir(), 'freshet-bench-'));
  // Postgres may run as another user than we do.
  await chmod(dir, 0o711);
  const registerDir = path.join(dir, 'run');
  const data = path.join(dir, 'postgres');
  const dismissGuard = startGuard(registerDir);

  const takeDown = async (): Promise<void> => {
    await stopLeftovers(registerDir);
    dismissGuard();
    await removePostgresFolder(data);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= takeDown());
  try {
    const { url } = await startPostgresServer({
      dir: data,
      port: await freePort(),
      password: randomBytes(12).toString('hex'),
      durable: true,
      logFile: path.join(dir, 'postgres.log'),
      start: (spec) => startProcess({ ...spec, registerDir }),
    });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
