import { DefaultLogger, type Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from '../config/logger.ts';

const LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/** What Temporal warns of and we mean to do: a provider's queue has activities only. */
const MEANT = 'No workflows registered, not polling for workflow tasks';

/**
 * Temporal's own log lines, a level down, without the errors' messages (see
 * config/describe-error.ts).
 */
export function temporalLogger(logger: Logger): TemporalLogger {
  return new DefaultLogger('DEBUG', ({ level, message, meta }) => {
    const { workflowId, workflowType, activityType, attempt, error } = meta ?? {};
    logger[message === MEANT ? 'debug' : LEVEL[level]](
      { workflowId, workflowType, activityType, attempt, err: error },
      message,
    );
  });
}
