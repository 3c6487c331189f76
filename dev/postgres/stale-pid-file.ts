import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Removes a `postmaster.pid` whose process is no Postgres of this cluster any more. Postgres itself
 * refuses to start when that pid is merely alive, as it may well be after a crash or in a restarted
 * container.
 *
 * @returns the pid of a Postgres that does run on this cluster.
 */
export function clearStalePidFile(data: string): number | undefined {
  const file = path.join(data, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
  if (Number.isInteger(pid) && pid > 1 && runsOn(pid, data)) return pid;
  rmSync(file, { force: true });
  return undefined;
}

function runsOn(pid: number, data: string): boolean {
  try {
    // A postmaster's working directory is its cluster.
    if (process.platform === 'linux')
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    const command = execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return path.basename(command.trim()) === 'postgres';
  } catch {
    return false;
  }
}
