import { Client, Connection } from '@temporalio/client';
import {
  NativeConnection,
  Runtime,
  Worker,
  type NativeConnectionOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import { INTERVAL_MS, type IntervalTable } from '../config/interval.ts';
import type { Logger } from '../config/logger.ts';
import { providerTaskQueue } from '../config/task-queue.ts';
import { PACE, type Pace } from '../config/pace.ts';
import { createKeyRing } from '../credentials/key-ring.ts';
import { connectDatabase } from '../db/connect.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { createAccountWorkflows } from '../temporal/account-workflows.ts';
import { createConnectionWorkflows } from '../temporal/connection-workflows.ts';
import type { TemporalSettings } from '../temporal/connect.ts';
import { ensureReconcileSchedule } from '../temporal/reconcile-schedule.ts';
import { missingSearchAttributes } from '../temporal/register-search-attributes.ts';
import { temporalLogger } from './temporal-logger.ts';
import { untilReady } from './until-ready.ts';
import { workflowSource } from './workflow-source.ts';

export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly credentialsKeys: string;
  readonly taskQueue: string;
  readonly reconcileSeconds: number;
  /**
   * Path of a bundle that `worker/bundle-main.ts` wrote; undefined: the workflows are bundled now.
   */
  readonly workflowBundle: string | undefined;
  readonly temporal: TemporalSettings;
  readonly providers: ProviderRegistry;
  readonly logger: Logger;
  /** Aborts when the worker is to stop. */
  readonly stop: AbortSignal;
  readonly intervals?: IntervalTable;
  readonly pace?: Pace;
}

const DATABASE_CONNECTIONS = 24;
const CALL_DEADLINE_MS = 5_000;

/**
 * How long running activities may go on after the worker was asked to stop. Then they are
 * abandoned, and begin again elsewhere.
 */
const SHUTDOWN_GRACE = '5s';

/**
 * Runs a worker until `stop` aborts. Waits for Temporal and for its search attributes, without
 * which workflow tasks would fail.
 */
export async function startWorker(options: WorkerOptions): Promise<void> {
  const { logger, stop, taskQueue, temporal } = options;
  const { connectionOptions, namespace } = temporal;
  const intervals = options.intervals ?? INTERVAL_MS;
  const pace = options.pace ?? PACE;
  Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });

  const db = connectDatabase({
    url: options.databaseUrl,
    poolSize: DATABASE_CONNECTIONS,
    onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const connection = await untilReady('Temporal', options, () =>
    // What the environment can give (address, TLS, key, headers) both kinds of connection take.
    NativeConnection.connect(connectionOptions as NativeConnectionOptions),
  );
  if (!connection) return;
  const clientConnection = Connection.lazy(connectionOptions);
  const client = new Client({ connection: clientConnection, namespace });
  try {
    const prepared = await untilReady('search attributes and schedule', options, () =>
      // A server that is still coming up would hold a call for most of a minute.
      clientConnection.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
        const missing = await missingSearchAttributes(clientConnection, namespace);
        if (missing.length > 0) throw new MissingSearchAttributes();
        await ensureReconcileSchedule(client, {
          taskQueue,
          everySeconds: options.reconcileSeconds,
        });
        return true;
      }),
    );
    if (!prepared) return;

    const activities = createActivities({
      db,
      providers: options.providers,
      keyRing: createKeyRing(options.credentialsKeys),
      accountWorkflows: createAccountWorkflows(client, { taskQueue, intervals, pace }),
      connectionWorkflows: createConnectionWorkflows(client, { taskQueue }),
      logger,
    });
    const common = {
      connection,
      namespace,
      activities,
      // Each needs at most one connection to the database at a time.
      maxConcurrentActivityTaskExecutions: DATABASE_CONNECTIONS,
      shutdownGraceTime: SHUTDOWN_GRACE,
      shutdownForceTime: '8s',
      activityTaskPollerBehavior: { type: 'autoscaling' },
    } as const;
    const workers = await Promise.all([
      Worker.create({
        ...common,
        taskQueue,
        ...(await workflowSource(options.workflowBundle)),
        workflowTaskPollerBehavior: { type: 'autoscaling' },
      }),
      ...options.providers.names.map((provider) =>
        Worker.create({ ...common, taskQueue: providerTaskQueue(taskQueue, provider) }),
      ),
    ]);
    const shutDown = (): void => workers.forEach((worker) => worker.shutdown());
    stop.addEventListener('abort', shutDown, { once: true });
    if (stop.aborted) shutDown();
    logger.info({ taskQueue, namespace }, 'worker ready');
    await Promise.all(workers.map((worker) => worker.run()));
    logger.info('worker stopped');
  } finally {
    await clientConnection.close();
    await connection.close();
    await db.destroy();
  }
}

class MissingSearchAttributes extends Error {
  override readonly name = 'MissingSearchAttributes';
}
