import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** 15,000 when not given. */
  readonly timeoutMs?: number;
  /** Between two tries: 50 when not given. */
  readonly everyMs?: number;
  /** What is waited for, for the error message. */
  readonly describe?: string;
}

/**
 * Calls `check` until it returns something other than undefined, null or false, and returns that. A
 * check that throws has not succeeded yet.
 *
 * @throws after the time-out, with the last error as cause or the last value in the message.
 *
 * @example
 * const row = await eventually(() => findSync(db, id), { describe: 'the sync of the account' });
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, undefined | null | false | void>> {
  const { timeoutMs = 15_000, everyMs = 50, describe = 'the condition' } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false | void>;
      }
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) {
      const why = failure instanceof Error ? `: ${failure.message}` : '';
      throw new Error(`waited ${timeoutMs} ms in vain for ${describe}${why}`, { cause: failure });
    }
    await sleep(everyMs);
  }
}
