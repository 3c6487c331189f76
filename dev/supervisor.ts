import {
  startProcess,
  type ManagedProcess,
  type ProcessExit,
  type ProcessStarter,
} from './processes/managed-process.ts';
import { lastLines } from './processes/last-lines.ts';

/** A part ended although nobody stopped it. */
export class PartDied extends Error {
  override readonly name = 'PartDied';
}

export interface Supervisor {
  /** Starts a part that is to run until `stop`. Rejects once stopping has begun. */
  readonly start: ProcessStarter;
  /** Runs something to its end. @throws PartDied when it ends with anything but code 0. */
  readonly run: (spec: Parameters<ProcessStarter>[0]) => Promise<void>;
  /** Rejects with PartDied when a part ends by itself; never resolves. */
  readonly died: Promise<never>;
  /** Stops all parts, the last one started first, each when the one before is gone. */
  stop(): Promise<void>;
  /** Cuts every grace short. */
  hurry(): void;
}

/** Keeps track of the parts of `npm start`. `registerDir`: see processes/register.ts. */
export function createSupervisor(registerDir: string): Supervisor {
  const parts: ManagedProcess[] = [];
  let stopping: Promise<void> | undefined;
  let died: (error: PartDied) => void;
  const someDied = new Promise<never>((_, reject) => {
    died = reject;
  });
  // Whoever is interested awaits it; until then a rejection must not end the process.
  someDied.catch(() => undefined);

  const spawn: ProcessStarter = async (spec) => {
    if (stopping !== undefined)
      throw new Error(`${spec.name} is not started: all is being stopped`);
    const part = await startProcess({ ...spec, registerDir });
    parts.push(part);
    // Stopping may have begun meanwhile, and did not see this one.
    if (stopping !== undefined) await part.stop();
    return part;
  };

  const watch = async (part: ManagedProcess): Promise<void> => {
    const exit = await part.exited;
    if (stopping === undefined) died(new PartDied(obituary(part, exit)));
  };

  const stopAll = async (): Promise<void> => {
    for (const part of parts.toReversed()) {
      if (part.exit() !== undefined) continue;
      await part.stop();
    }
  };

  return {
    start: async (spec) => {
      const part = await spawn(spec);
      void watch(part);
      return part;
    },
    run: async (spec) => {
      const part = await spawn(spec);
      const exit = await part.exited;
      if (exit.code !== 0) throw new PartDied(obituary(part, exit));
    },
    died: someDied,
    stop: () => (stopping ??= stopAll()),
    hurry: () => {
      for (const part of parts) part.hurry();
    },
  };
}

function obituary(part: ManagedProcess, { code, signal }: ProcessExit): string {
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  const log = lastLines(part.logFile, 20).replaceAll(/^/gm, '    ');
  return `${part.name} ${how}. The end of ${part.logFile}:\n${log}`;
}
