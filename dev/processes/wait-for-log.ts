import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from './managed-process.ts';

const TIMEOUT_MS = 60_000;

/**
 * Waits until a process has written a JSON log line with this `msg`.
 *
 * @throws when it ends before, or takes more than a minute.
 */
export async function waitForLog(part: ManagedProcess, msg: string): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  const wanted = `"msg":${JSON.stringify(msg)}`;
  while (!readFileSync(part.logFile, 'utf8').includes(wanted)) {
    const exit = part.exit();
    if (exit !== undefined) {
      throw new Error(`${part.name} ended with ${exit.code ?? exit.signal} before it was ready`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${part.name} is not ready after a minute; its log: ${part.logFile}`);
    }
    await sleep(50);
  }
}
