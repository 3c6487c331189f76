import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { createAttemptRecorder } from '../activities/deliveries/attempt-recorder.ts';
import type { EventKeeping, WebhookKeeping } from '../activities/deps.ts';
import { DELIVERY_PACE, type DeliveryPace } from '../config/delivery-pace.ts';
import { STRICT_ENDPOINT_RULES, type EndpointRules } from '../config/endpoint-rules.ts';
import { INTERVAL_MS, type IntervalTable } from '../config/interval.ts';
import type { Logger } from '../config/logger.ts';
import type { LinkSessionPace } from '../config/link-session-pace.ts';
import type { Pace } from '../config/pace.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import { createKeyRing } from '../credentials/key-ring.ts';
import { connectDatabase } from '../db/connect.ts';
import { countAccounts } from '../db/accounts/count-accounts.ts';
import { countDeliveries } from '../db/deliveries/count-deliveries.ts';
import { createEventPoster } from '../events/post-event.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { createAccountWorkflows } from '../temporal/account-workflows.ts';
import { createConnectionWorkflows } from '../temporal/connection-workflows.ts';
import type { TemporalSettings } from '../temporal/connect.ts';
import { createEndpointWorkflows } from '../temporal/endpoint-workflows.ts';
import { createLinkSessionWorkflows } from '../temporal/link-session-workflows.ts';
import { againAndAgain } from './again-and-again.ts';
import { createWorkers } from './create-workers.ts';
import { databaseConnections } from './database-connections.ts';
import { installRuntime } from './install-runtime.ts';
import { keepTemporalPrepared, prepareTemporal } from './prepare-temporal.ts';
import { providerQueues } from './provider-queues.ts';
import { runTogether } from './run-together.ts';
import { untilReady } from './until-ready.ts';
import { watchOutbox } from './watch-outbox.ts';

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
  /** The names of all providers that there are, configured or not. */
  readonly knownProviders: readonly string[];
  readonly queueSettings: ReadonlyMap<string, QueueSettings>;
  /** `ip:port` on which metrics are served, under `/metrics`; undefined: nowhere. */
  readonly metricsAddress: string | undefined;
  readonly logger: Logger;
  /** Aborts when the worker is to stop. */
  readonly stop: AbortSignal;
  /** Default: for 30 days, encrypted. */
  readonly webhooks?: WebhookKeeping;
  /** Default: for 30 days. */
  readonly events?: EventKeeping;
  /** Where events may be delivered to. Default: public receivers, over https. */
  readonly endpointRules?: EndpointRules;
  readonly intervals?: IntervalTable;
  readonly pace?: Pace;
  readonly linkSessionPace?: LinkSessionPace | undefined;
  readonly deliveryPace?: DeliveryPace;
}

/**
 * Runs a worker until `stop` aborts. Waits for Temporal and for its search attributes, without
 * which workflow tasks would fail, and looks after them from then on. Rejects when a part of it
 * cannot go on.
 */
export async function startWorker(options: WorkerOptions): Promise<void> {
  const { logger, stop, taskQueue, temporal, providers, reconcileSeconds } = options;
  const { connectionOptions, namespace } = temporal;
  const intervals = options.intervals ?? INTERVAL_MS;
  const deliveryPace = options.deliveryPace ?? DELIVERY_PACE;
  const metrics = installRuntime(options);
  const queues = providerQueues({
    taskQueue,
    providers,
    known: options.knownProviders,
    settings: options.queueSettings,
  });

  const db = connectDatabase({
    url: options.databaseUrl,
    poolSize: databaseConnections(queues),
    onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const connection = await untilReady('Temporal', options, () =>
    // What the environment can give (address, TLS, key, headers) both kinds of connection take.
    NativeConnection.connect(connectionOptions as NativeConnectionOptions),
  );
  if (!connection) return;
  const clientConnection = Connection.lazy(connectionOptions);
  const client = new Client({ connection: clientConnection, namespace });
  const endpointWorkflows = createEndpointWorkflows(client, { taskQueue });
  const poster = createEventPoster({
    rules: options.endpointRules ?? STRICT_ENDPOINT_RULES,
    timeoutMs: deliveryPace.attemptTimeoutMs,
    connections: deliveryPace.concurrency,
  });
  const toPrepare = { ...options, connection: clientConnection, client, namespace };
  const upkeep = new AbortController();
  const stopUpkeep = AbortSignal.any([stop, upkeep.signal]);
  const rhythm = { everyMs: reconcileSeconds * 1_000, logger, stop: stopUpkeep };
  let upkeepEnded: Promise<unknown> = Promise.resolve();
  try {
    const prepared = await untilReady('search attributes and schedule', options, () =>
      prepareTemporal(toPrepare),
    );
    if (!prepared) return;

    const workers = await createWorkers({
      connection,
      namespace,
      taskQueue,
      queues,
      workflowBundle: options.workflowBundle,
      deps: {
        db,
        providers,
        keyRing: createKeyRing(options.credentialsKeys),
        accountWorkflows: createAccountWorkflows(client, {
          taskQueue,
          intervals,
          pace: options.pace,
        }),
        connectionWorkflows: createConnectionWorkflows(client, { taskQueue }),
        endpointWorkflows,
        linkSessionWorkflows: createLinkSessionWorkflows(client, {
          taskQueue,
          pace: options.linkSessionPace,
        }),
        deliveries: { pace: deliveryPace, poster, recorder: createAttemptRecorder(db) },
        logger,
        webhooks: options.webhooks ?? { retentionDays: 30, bodies: 'encrypted' },
        events: options.events ?? { retentionDays: 30 },
      },
      metrics,
    });
    upkeepEnded = Promise.all([
      watchOutbox({ db, endpointWorkflows, logger, stop: stopUpkeep }),
      againAndAgain('Temporal', rhythm, () => keepTemporalPrepared(toPrepare)),
      options.metricsAddress === undefined
        ? undefined
        : againAndAgain('Postgres', rhythm, async () => {
            metrics.showAccounts(await countAccounts(db));
            metrics.showDeliveries(await countDeliveries(db));
          }),
    ]);
    logger.info({ taskQueue, namespace }, 'worker ready');
    await runTogether(workers, stop);
    logger.info('worker stopped');
  } finally {
    upkeep.abort();
    await upkeepEnded;
    // Whoever was to hear of what is still under way waits for it no more.
    await poster.close(0);
    await clientConnection.close();
    await connection.close();
    await db.destroy();
  }
}
