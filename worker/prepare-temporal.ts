import type { Client, Connection } from '@temporalio/client';
import type { Logger } from '../config/logger.ts';
import {
  createReconcileSchedule,
  ensureReconcileSchedule,
} from '../temporal/reconcile-schedule.ts';
import { registerSearchAttributes } from '../temporal/register-search-attributes.ts';

export interface PrepareOptions {
  readonly connection: Connection;
  readonly client: Client;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly reconcileSeconds: number;
  readonly logger: Logger;
}

/** A server that is still coming up would hold a call for most of a minute. */
const CALL_DEADLINE_MS = 5_000;

/**
 * Sees to it that Temporal has what our workflows stand on: search attributes, without which their
 * tasks would fail, and the reconciler's schedule, which follows these options. Rejects while it
 * cannot.
 */
export async function prepareTemporal(options: PrepareOptions): Promise<true> {
  const { connection, client, taskQueue, reconcileSeconds: everySeconds } = options;
  await connection.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
    await register(options);
    await ensureReconcileSchedule(client, { taskQueue, everySeconds });
  });
  return true;
}

/**
 * The same for a Temporal that was prepared before: cheap, and puts back only what is missing, as it
 * is in a new and empty one.
 */
export async function keepTemporalPrepared(options: PrepareOptions): Promise<void> {
  const { connection, client, taskQueue, reconcileSeconds: everySeconds, logger } = options;
  await connection.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
    await register(options);
    if (await createReconcileSchedule(client, { taskQueue, everySeconds })) {
      logger.warn('the schedule of the reconciler was missing and is back');
    }
  });
}

async function register({ connection, namespace, logger }: PrepareOptions): Promise<void> {
  const registered = await registerSearchAttributes(connection, namespace);
  if (registered.length > 0) logger.info({ registered }, 'search attributes registered');
}
