import type { NodeProcess } from '../../support/start-node-process.ts';
import { eventually } from '../../support/eventually.ts';

/** A server that dies when it is told to, and comes back as it was. */
export interface Mortal {
  readonly name: string;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<unknown>;
  /** Resolves when it stands. */
  start(): Promise<void>;
}

/**
 * A process of ours. It is started, as by a supervisor, until it stands: what it needs may be down. Once it
 * stands nothing but a kill may end it: `ended` is told when something else does.
 */
export function mortalProcess(
  name: string,
  start: () => Promise<NodeProcess>,
  ended: (how: string) => void,
): Mortal & { stop(): Promise<unknown> } {
  let running: NodeProcess | null = null;
  async function watch(started: NodeProcess): Promise<void> {
    const { code, signal } = await started.exited;
    if (running !== started) return;
    const log = started.output().split('\n').slice(-10).join('\n');
    ended(`${name} ended by itself with ${code ?? signal}. Its log ends with:\n${log}`);
  }
  return {
    name,
    async kill() {
      const killed = running;
      running = null;
      await killed?.kill();
    },
    async start() {
      const started = await eventually(start, { everyMs: 200, timeoutMs: 60_000, describe: name });
      running = started;
      void watch(started);
    },
    async stop() {
      const stopped = running;
      running = null;
      await stopped?.stop();
    },
  };
}
