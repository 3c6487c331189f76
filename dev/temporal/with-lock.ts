import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStartTime } from '../processes/start-time.ts';

/**
 * Runs `work` while no other process on this machine runs it under the same lock file. The lock of
 * a process that died is taken over. `waiting` is told once, with the holder's pid, when there is a
 * wait.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { waiting: (pid: number) => void; signal?: AbortSignal | undefined },
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const mine = `${process.pid} ${processStartTime(process.pid) ?? ''}`;
  let told = false;
  while (!(await take(file, mine))) {
    const holder = await readFile(file, 'utf8').catch(() => '');
    const [pid = '', startTime = ''] = holder.split(' ');
    if (holder !== '' && processStartTime(Number(pid)) !== startTime) {
      await removeStale(file, holder);
      continue;
    }
    if (!told && holder !== '') options.waiting(Number(pid));
    told = told || holder !== '';
    await sleep(250, undefined, { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Only when it still is the lock that was judged: somebody else may have taken it over meanwhile.
 */
async function removeStale(file: string, judged: string): Promise<void> {
  const now = await readFile(file, 'utf8').catch(() => '');
  if (now === judged) await rm(file, { force: true });
}
