import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../dev/ports.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';

export interface Receivers {
  readonly pid: number;
  readonly urls: readonly string[];
  /** Resolves, when each of the first `receivers` has so many distinct events, with when the last came. */
  all(receivers: number, events: number): Promise<number>;
  /** Milliseconds from when each event came about until it came here. */
  latencies(): Promise<readonly number[]>;
  forget(): Promise<void>;
}

interface Told {
  readonly ports: readonly number[];
  readonly counts: readonly number[];
  readonly lastAt: number;
  readonly latencies: readonly number[];
}

const PATIENCE_MS = 300_000;

export async function startReceivers(stack: BenchStack, count: number): Promise<Receivers> {
  const port = await freePort();
  const { pid } = await stack.startPart('bench/delivery/receivers-main.ts', 'receivers ready', {
    BENCH_RECEIVERS: String(count),
    BENCH_CONTROL_PORT: String(port),
  });
  const ask = async (path: string): Promise<Told> =>
    (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Told;
  const { ports } = await ask('/');
  return {
    pid,
    urls: ports.map((one) => `http://127.0.0.1:${one}/events`),
    async all(receivers, events) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const { counts, lastAt } = await ask('/');
        if (counts.slice(0, receivers).every((got) => got === events)) return lastAt;
        if (Date.now() > deadline) throw new Error(`not all came: ${counts.join(' ')}`);
        await sleep(50);
      }
    },
    latencies: async () => (await ask('/latencies')).latencies,
    async forget() {
      await ask('/forget');
    },
  };
}
