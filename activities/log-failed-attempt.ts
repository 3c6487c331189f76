import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { Logger } from '../config/logger.ts';

/** Logs what Temporal is told of a failed attempt, and the error itself where it was not foreseen. */
export function logFailedAttempt(
  logger: Logger,
  fields: Readonly<Record<string, unknown>>,
  failure: ApplicationFailure,
  error: unknown,
): void {
  const { attempt, activityType: activity } = Context.current().info;
  const { type: kind, message: code } = failure;
  const err = kind === 'internal' ? error : undefined;
  logger.warn({ ...fields, activity, attempt, kind, code, err }, 'attempt failed');
}
