import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../config/logger.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Tries until it succeeds, saying what it waits for. Undefined when `stop` aborts first. */
export async function untilReady<T>(
  what: string,
  { logger, stop }: { readonly logger: Logger; readonly stop: AbortSignal },
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  for (let wait = FIRST_WAIT_MS; !stop.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (err) {
      logger.info({ err }, `waiting for ${what}`);
      await delay(wait, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}
