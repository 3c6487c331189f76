import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import type { Metrics } from '../activities/metrics.ts';
import { deliveryTaskQueue } from '../config/task-queue.ts';
import type { ProviderQueue } from './provider-queues.ts';
import { workflowSource } from './workflow-source.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The main queue: the workflows, and the activities that need nothing but Postgres. */
  readonly taskQueue: string;
  readonly queues: readonly ProviderQueue[];
  readonly workflowBundle: string | undefined;
  readonly deps: Omit<ActivityDeps, 'metrics'>;
  readonly metrics: Metrics;
}

/** Activities of the main queue at a time. */
export const MAIN_CONCURRENCY = 24;

/** Endpoints that a worker delivers to at a time. What is done there is mostly waiting for them. */
export const DELIVERY_CONCURRENCY = 200;

/**
 * How long running activities may go on after the worker was asked to stop. Then they are
 * abandoned, and begin again elsewhere.
 */
const SHUTDOWN_GRACE = '5s';

/** One worker for the main queue, one for deliveries, and one for the queue of each provider. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue, queues, deps, metrics } = options;
  const common = {
    connection,
    namespace,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: '8s',
    activityTaskPollerBehavior: { type: 'autoscaling' },
  } as const;
  const main = Worker.create({
    ...common,
    taskQueue,
    ...(await workflowSource(options.workflowBundle)),
    activities: createActivities({ ...deps, metrics: metrics.ofProvider('none') }),
    maxConcurrentActivityTaskExecutions: MAIN_CONCURRENCY,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
  });
  const ofProviders = queues.map(({ provider, taskQueue, concurrency, perSecond }) =>
    Worker.create({
      ...common,
      taskQueue,
      activities: createActivities({ ...deps, metrics: metrics.ofProvider(provider) }),
      maxConcurrentActivityTaskExecutions: concurrency,
      ...(perSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perSecond }),
    }),
  );
  const deliveries = Worker.create({
    ...common,
    taskQueue: deliveryTaskQueue(taskQueue),
    // They begin nothing more once they are asked to stop, and wait for what is under way.
    shutdownGraceTime: 0,
    activities: createActivities({ ...deps, metrics: metrics.ofProvider('none') }),
    maxConcurrentActivityTaskExecutions: DELIVERY_CONCURRENCY,
  });
  return await Promise.all([main, deliveries, ...ofProviders]);
}
