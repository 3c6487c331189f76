import { setTimeout as sleep } from 'node:timers/promises';
import { forgetProcess, registeredProcesses, type RegisteredProcess } from './register.ts';
import { signalGroup } from './signal-group.ts';
import { processStartTime } from './start-time.ts';

/**
 * Stops every process of the register `dir` that still runs and is provably the one that was
 * written down (same pid, same start time), in reverse order of start, and empties the register.
 *
 * @returns the names of those that it found running.
 */
export async function stopLeftovers(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of registeredProcesses(dir)) {
    if (isRunning(entry)) {
      found.push(entry.name);
      await stop(entry);
    }
    forgetProcess(dir, entry.pid);
  }
  return found;
}

export function isRunning(entry: Pick<RegisteredProcess, 'pid' | 'startTime'>): boolean {
  return processStartTime(entry.pid) === entry.startTime;
}

async function stop(entry: RegisteredProcess): Promise<void> {
  signalGroup(entry.pid, entry.stopSignal);
  if (await gone(entry, entry.graceMs)) return;
  signalGroup(entry.pid, entry.hurrySignal);
  if (await gone(entry, 2_000)) return;
  signalGroup(entry.pid, 'SIGKILL');
  await gone(entry, 2_000);
}

async function gone(entry: RegisteredProcess, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(entry)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}
