import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removePostgresFolder } from '../../dev/postgres/data-folder.ts';
import { startGuard } from '../../dev/processes/guard.ts';
import { stopLeftovers } from '../../dev/processes/leftovers.ts';
import { startProcess, type ProcessStarter } from '../../dev/processes/managed-process.ts';

export interface BenchFolder {
  readonly dir: string;
  readonly start: ProcessStarter;
  /** Stops every process that was started here, and removes the folder. */
  close(): Promise<void>;
}

/**
 * A folder for one benchmark and its processes. All of it goes with `close`, or when this process is
 * interrupted; where it is killed, its processes go.
 */
export async function openBenchFolder(): Promise<BenchFolder> {
  const dir = await mkdtemp(path.join(tmpdir(), 'freshet-bench-'));
  // Postgres may run as another user than we do.
  await chmod(dir, 0o711);
  const registerDir = path.join(dir, 'run');
  const dismissGuard = startGuard(registerDir);

  const takeDown = async (): Promise<void> => {
    await stopLeftovers(registerDir);
    dismissGuard();
    for (const name of await readdir(dir)) {
      if (name === 'postgres') await removePostgresFolder(path.join(dir, name));
    }
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= takeDown());
  function interrupt(): void {
    // Whoever still uses the servers fails now, which must not cut the cleaning short.
    process.on('uncaughtException', () => undefined);
    void close().finally(() => process.exit(130));
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    dir,
    async start(spec) {
      if (closing) throw new Error(`${spec.name} is not started: the benchmark ends`);
      return await startProcess({ ...spec, registerDir });
    },
    close,
  };
}
