import { Context } from '@temporalio/activity';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import type { Logger } from '../config/logger.ts';
import type { CallContext } from '../providers/provider.ts';
import { toFailure } from './fail.ts';
import { logFailedAttempt } from './log-failed-attempt.ts';

const HEARTBEAT_EVERY_MS = 2_000;

/**
 * Runs one attempt of an activity: it heartbeats while the process lives, its calls end when
 * Temporal cancels it, and whatever it throws leaves as a failure that holds nothing private.
 */
export async function attempt<T>(
  logger: Logger,
  fields: Readonly<Record<string, unknown>>,
  run: (context: CallContext) => Promise<T>,
  toItsFailure: (error: unknown) => ApplicationFailure = toFailure,
): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await run({
      signal: context.cancellationSignal,
      heartbeat: () => context.heartbeat(),
    });
  } catch (error) {
    // Anything else that a cancelled attempt throws can be a library's, and may quote what it read.
    const { aborted, reason } = context.cancellationSignal;
    if (aborted && (error instanceof CancelledFailure || error === reason)) throw error;
    const failure = toItsFailure(error);
    logFailedAttempt(logger, fields, failure, error);
    throw failure;
  } finally {
    clearInterval(timer);
  }
}
