import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../config/logger.ts';
import { createTroubleLog } from './trouble-log.ts';

export interface AgainAndAgainOptions {
  readonly everyMs: number;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

/**
 * Does `work` now and about every `everyMs`, not all workers at once, until `stop` aborts. What fails
 * is told once, and tried again the next time.
 */
export async function againAndAgain(
  what: string,
  { everyMs, logger, stop }: AgainAndAgainOptions,
  work: () => Promise<void>,
): Promise<void> {
  const trouble = createTroubleLog(logger, what);
  while (!stop.aborted) {
    try {
      await work();
      trouble.succeeded();
    } catch (error) {
      if (!stop.aborted) trouble.failed(error);
    }
    const wait = everyMs * (0.75 + Math.random() / 2);
    await delay(wait, undefined, { signal: stop }).catch(() => undefined);
  }
}
