import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processStartTime } from './start-time.ts';

/** What must be known of a process to prove that it is ours, and to stop it as its owner would. */
export interface RegisteredProcess {
  readonly name: string;
  readonly pid: number;
  readonly startTime: string;
  /** Milliseconds since the epoch: what was started last is stopped first. */
  readonly registeredAt: number;
  readonly stopSignal: NodeJS.Signals;
  readonly hurrySignal: NodeJS.Signals;
  readonly graceMs: number;
}

/**
 * Writes a process into the folder `dir`, a file for each process, so that several owners can write
 * at once. Does nothing when the process is gone already.
 */
export function registerProcess(
  dir: string,
  entry: Omit<RegisteredProcess, 'startTime' | 'registeredAt'>,
): void {
  const startTime = processStartTime(entry.pid);
  if (startTime === undefined) return;
  mkdirSync(dir, { recursive: true });
  const file = fileOf(dir, entry.pid);
  const written: RegisteredProcess = { ...entry, startTime, registeredAt: Date.now() };
  writeFileSync(`${file}.tmp`, JSON.stringify(written, null, 2), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}

export function forgetProcess(dir: string, pid: number): void {
  rmSync(fileOf(dir, pid), { force: true });
}

/** Every process of the register, dead or alive, what was started last first. */
export function registeredProcesses(dir: string): RegisteredProcess[] {
  return names(dir)
    .map((name) => read(path.join(dir, name)))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => b.registeredAt - a.registeredAt);
}

function names(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
}

function read(file: string): RegisteredProcess | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RegisteredProcess;
  } catch {
    return undefined;
  }
}

function fileOf(dir: string, pid: number): string {
  return path.join(dir, `${pid}.json`);
}
