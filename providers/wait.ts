import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext } from './provider.ts';

const BEAT_MS = 5_000;

/**
 * Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. Beats meanwhile.
 */
export async function wait(ms: number, context: CallContext): Promise<void> {
  const { signal } = context;
  try {
    for (let left = ms; left > 0; left -= BEAT_MS) {
      context.heartbeat();
      await delay(Math.min(left, BEAT_MS), undefined, { signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
