import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { forgetProcess, registerProcess } from './register.ts';
import { signalGroup } from './signal-group.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whom to run it as, where that is not the caller. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Both output streams are appended to it. A file, not a pipe: it outlives the one who reads. */
  readonly logFile: string;
  /** Folder of the register (see register.ts). */
  readonly registerDir: string;
  /** What stops it gracefully (SIGTERM when not given), */
  readonly stopSignal?: NodeJS.Signals;
  /** how long that may take (8 s), */
  readonly graceMs?: number;
  /** and what ends it when that was too long (SIGKILL). */
  readonly hurrySignal?: NodeJS.Signals;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, however it did; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Undefined while it runs. */
  exit(): ProcessExit | undefined;
  /**
   * Stops it gracefully, by force after its grace. May be called again; resolves when it is gone.
   */
  stop(): Promise<ProcessExit>;
  /** Cuts the grace short. */
  hurry(): void;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a process; who hands it to you keeps the register and decides when everything stops. */
export type ProcessStarter = (spec: Omit<ProcessSpec, 'registerDir'>) => Promise<ManagedProcess>;

/**
 * Starts a process in a process group of its own, so that a terminal's Ctrl-C does not reach it and
 * its owner decides when it stops.
 *
 * @throws when it could not be started at all (no such file, not executable, …).
 */
export async function startProcess(spec: ProcessSpec): Promise<ManagedProcess> {
  const { name, logFile, registerDir } = spec;
  const stopSignal = spec.stopSignal ?? 'SIGTERM';
  const hurrySignal = spec.hurrySignal ?? 'SIGKILL';
  const graceMs = spec.graceMs ?? 8_000;
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    uid: spec.user?.uid,
    gid: spec.user?.gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;

  let ended: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal };
      forgetProcess(registerDir, pid);
      resolve(ended);
    });
  });
  registerProcess(registerDir, { name, pid, stopSignal, hurrySignal, graceMs });

  const signal = (what: NodeJS.Signals): void => {
    if (ended === undefined) signalGroup(pid, what);
  };
  let stopping: Promise<ProcessExit> | undefined;
  let hurried = false;
  const hurry = (): void => {
    signal(hurried ? 'SIGKILL' : hurrySignal);
    hurried = true;
  };
  const stop = async (): Promise<ProcessExit> => {
    signal(stopSignal);
    const timers = [
      setTimeout(hurry, graceMs),
      setTimeout(() => signal('SIGKILL'), graceMs + 2_000),
    ];
    const exit = await exited;
    timers.forEach(clearTimeout);
    return exit;
  };
  return {
    name,
    pid,
    logFile,
    exited,
    exit: () => ended,
    stop: () => (stopping ??= stop()),
    hurry,
    signal,
  };
}
