import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const SAMPLE_MS = 10;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface Measured {
  readonly seconds: number;
  /** How far the memory of this process (RSS) rose above what it was before, in bytes. */
  readonly memory: number;
}

/** Runs `work` once, on a heap without garbage. */
export async function measure(work: () => Promise<void>): Promise<Measured> {
  collectGarbage();
  const before = process.memoryUsage.rss();
  let peak = before;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  try {
    const start = performance.now();
    await work();
    const seconds = (performance.now() - start) / 1000;
    sample();
    return { seconds, memory: peak - before };
  } finally {
    clearInterval(sampling);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The value below which `share` (0 to 1) of them lie, the nearest one that was measured. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}
