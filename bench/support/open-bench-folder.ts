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

/** A folder for one benchmark and its processes. All of it goes with `close` or with this process. */
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
  };
  let closing: Promise<void> | undefined;
  return {
    dir,
    start: (spec) => startProcess({ ...spec, registerDir }),
    close: () => (closing ??= takeDown()),
  };
}
