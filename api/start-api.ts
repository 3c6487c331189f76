import type { Server } from 'node:http';
import { once } from 'node:events';
import { Registry } from 'prom-client';
import { STRICT_ENDPOINT_RULES, type EndpointRules } from '../config/endpoint-rules.ts';
import { INTERVAL_MS, type IntervalTable } from '../config/interval.ts';
import type { Logger } from '../config/logger.ts';
import type { LinkSessionPace } from '../config/link-session-pace.ts';
import type { Pace } from '../config/pace.ts';
import { ConfigError } from '../config/secrets.ts';
import { FROM_EVERYWHERE, type SenderSettings } from '../config/sender-settings.ts';
import { createKeyRing } from '../credentials/key-ring.ts';
import type { WebhookBodies } from '../config/webhook-bodies.ts';
import { connectDatabase } from '../db/connect.ts';
import { openWebhookStore } from '../db/webhooks/webhook-store.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { createAccountWorkflows } from '../temporal/account-workflows.ts';
import { createConnectionWorkflows } from '../temporal/connection-workflows.ts';
import { createLinkSessionWorkflows } from '../temporal/link-session-workflows.ts';
import { createTemporalClient, type TemporalSettings } from '../temporal/connect.ts';
import { createApp } from './app.ts';
import { ensureApiKey } from './ensure-api-key.ts';
import { createServer, type ServerLimits } from './create-server.ts';
import { createCallMetrics } from './metrics/call-metrics.ts';
import { createIntakeMetrics } from './metrics/intake-metrics.ts';
import { serveMetrics, type MetricsServer } from './metrics/serve-metrics.ts';
import { createAskProviders } from './ask-providers.ts';
import { createByteBudget } from './webhooks/byte-budget.ts';
import { createCountedLog } from './http/counted-log.ts';
import { createRejectedSamples } from './webhooks/rejected-samples.ts';
import { closable } from './http/close-server.ts';
import { signalWebhooks } from './webhooks/signal-webhooks.ts';
import { createWebhookIntake, STORE_CONNECTIONS } from './webhooks/intake.ts';
import { createSignalDispatcher } from './webhooks/signal-dispatcher.ts';
import { tellLinkSessions as createTeller } from './webhooks/tell-link-sessions.ts';

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly credentialsKeys: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A key that is made sure to exist. */
  readonly bootstrapApiKey: string | undefined;
  readonly taskQueue: string;
  readonly temporal: TemporalSettings;
  readonly providers: ProviderRegistry;
  readonly logger: Logger;
  /** Where it is reached from outside, without a slash at the end: providers send webhooks there. Default: as set up at the providers. */
  readonly publicUrl?: string | undefined;
  /** Default: encrypted. */
  readonly webhookBodies?: WebhookBodies;
  /** Default: webhooks are taken from everywhere. */
  readonly senders?: SenderSettings;
  /** Where events may be delivered to. Default: public receivers, over https. */
  readonly endpointRules?: EndpointRules;
  /** `ip:port` on which metrics are served, under `/metrics`; undefined: nowhere. */
  readonly metricsAddress?: string | undefined;
  readonly limits?: Partial<ApiLimits>;
  readonly intervals?: IntervalTable;
  readonly pace?: Pace;
  readonly linkSessionPace?: LinkSessionPace | undefined;
}

export interface ApiLimits extends ServerLimits {
  /** The body of a webhook comes within this. */
  readonly bodyTimeoutMs: number;
  /** Of webhooks that are being read or stored. */
  readonly webhookBytes: number;
}

const LIMITS: ApiLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  checkEveryMs: 2_000,
  maxConnections: 2_000,
  bodyTimeoutMs: 10_000,
  webhookBytes: 64 * 1024 * 1024,
};

/** Requests under way at the end get this long; signals to workflows as long again. */
const SHUTDOWN_GRACE_MS = 4_000;

export interface RunningApi {
  readonly url: string;
  /**
   * Takes no more requests, and resolves when those under way are answered and their signals sent.
   */
  close(): Promise<void>;
}

/** Serves the API. Starts, and takes webhooks, while Temporal is away. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { logger, taskQueue } = options;
  const intervals = options.intervals ?? INTERVAL_MS;
  const db = connectDatabase({
    url: options.databaseUrl,
    poolSize: 20,
    onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const client = createTemporalClient(options.temporal);
  const accountWorkflows = createAccountWorkflows(client, {
    taskQueue,
    intervals,
    pace: options.pace,
  });
  const limits = { ...LIMITS, ...options.limits };
  const log = createCountedLog();
  const registry = new Registry();
  const metrics = createIntakeMetrics(registry);
  const dispatcher = createSignalDispatcher(signalWebhooks(db, accountWorkflows, logger), {
    count: metrics.signalled,
    onLeft: (err) =>
      log.note('not signalled', (count) =>
        logger.warn({ err, count }, 'accounts not told of webhooks: left to the reconciler'),
      ),
  });
  const keyRing = createKeyRing(options.credentialsKeys);
  const store = openWebhookStore({
    url: options.databaseUrl,
    connections: STORE_CONNECTIONS,
    connectTimeoutMs: 700,
    storeTimeoutMs: 10_000,
    onIdleError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const bodies = options.webhookBodies ?? 'encrypted';
  const linkSessionWorkflows = createLinkSessionWorkflows(client, {
    taskQueue,
    pace: options.linkSessionPace,
  });
  const tellLinkSessions = createTeller({ db, linkSessionWorkflows, logger });
  const connectionWorkflows = createConnectionWorkflows(client, { taskQueue });
  const askProviders = createAskProviders(connectionWorkflows, logger);
  const intake = createWebhookIntake({
    db,
    store,
    dispatcher,
    tellLinkSessions,
    askProviders,
    keyRing,
    bodies,
    logger,
    metrics,
  });
  const samples = createRejectedSamples({ db, keyRing, bodies, logger });
  const app = createApp({
    db,
    providers: options.providers,
    keyRing,
    endpointRules: options.endpointRules ?? STRICT_ENDPOINT_RULES,
    accountWorkflows,
    connectionWorkflows,
    linkSessionWorkflows,
    publicUrl: options.publicUrl ?? null,
    askProviders,
    intake,
    door: {
      senders: options.senders ?? FROM_EVERYWHERE,
      budget: createByteBudget(limits.webhookBytes),
      bodyTimeoutMs: limits.bodyTimeoutMs,
      samples,
      log,
      metrics,
    },
    dispatcher,
    metrics: createCallMetrics(registry),
    tellLinkSessions,
    temporalIsUp: () => answers(client.connection),
    logger,
  });
  const { maxConnections } = limits;
  const server = createServer(app, {
    limits,
    onDrop: () =>
      log.note('dropped', (count) =>
        logger.warn({ count, maxConnections }, 'connections refused: too many are open'),
      ),
  });
  const closeServer = closable(server);

  let metricsServer: MetricsServer | undefined;

  const stopping = new AbortController();

  async function release(): Promise<void> {
    stopping.abort();
    await metricsServer?.close();
    await client.connection.close();
    await store.close();
    await db.destroy();
  }

  try {
    await ensureApiKey(db, options.bootstrapApiKey, { logger, stop: stopping.signal });
    const { metricsAddress } = options;
    if (metricsAddress) metricsServer = await serveMetrics(registry, metricsAddress);
    const url = await listen(server, options);
    logger.info({ url, providers: options.providers.names }, 'api ready');
    return {
      url,
      async close() {
        await closeServer(SHUTDOWN_GRACE_MS);
        await dispatcher.close(SHUTDOWN_GRACE_MS);
        await samples.close(SHUTDOWN_GRACE_MS);
        await release();
        logger.info('api stopped');
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function answers(
  connection: ReturnType<typeof createTemporalClient>['connection'],
): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 1_000, () =>
      connection.workflowService.getSystemInfo({}),
    );
    return true;
  } catch {
    return false;
  }
}

async function listen(server: Server, { host, port }: ApiOptions): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      code === 'EADDRINUSE'
        ? `Port ${port} on ${host} is taken: set FRESHET_API_PORT to a free one`
        : `Cannot listen on ${host}:${port} (${code})`,
    );
  }
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}
