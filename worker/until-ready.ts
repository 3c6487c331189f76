import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../config/logger.ts';
import { createTroubleLog } from './trouble-log.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Tries until it succeeds, saying what it waits for. Undefined when `stop` aborts first. */
export async function untilReady<T>(
  what: string,
  { logger, stop }: { readonly logger: Logger; readonly stop: AbortSignal },
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  const trouble = createTroubleLog(logger, what);
  for (let wait = FIRST_WAIT_MS; !stop.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const done = await attempt();
      trouble.succeeded();
      return done;
    } catch (err) {
      trouble.failed(err);
      await delay(wait, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}
