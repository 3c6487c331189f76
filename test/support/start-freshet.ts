import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { startApi, type ApiLimits, type RunningApi } from '../../api/start-api.ts';
import type { DeliveryPace } from '../../config/delivery-pace.ts';
import { readEndpointRules } from '../../config/endpoint-rules.ts';
import { INTERVAL_MS, type IntervalTable } from '../../config/interval.ts';
import { createLogger, type Logger } from '../../config/logger.ts';
import { LINK_SESSION_PACE, type LinkSessionPace } from '../../config/link-session-pace.ts';
import { PACE, type Pace } from '../../config/pace.ts';
import type { SenderSettings } from '../../config/sender-settings.ts';
import { createApiKey } from '../../credentials/api-key.ts';
import type { WebhookBodies } from '../../config/webhook-bodies.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { configuredProviders } from '../../providers/configured.ts';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import type { ProviderRegistry } from '../../providers/registry.ts';
import { freshDatabase } from './fresh-database.ts';
import { freshNamespace } from './fresh-namespace.ts';
import { runInfo } from './run-info.ts';
import { startProcess, type NodeProcess } from './start-node-process.ts';
import { limitedProviders } from './limited-providers.ts';

export interface FreshetOptions {
  /** Where the okra provider is; a port that nothing listens on when not given. */
  readonly okraBaseUrl?: string;
  readonly okraSecretKey?: string;
  readonly okraWebhookToken?: string;
  /** Faster intervals, so that a test runs in real time. */
  readonly intervals?: Partial<IntervalTable>;
  readonly pace?: Partial<Pace>;
  readonly deliveryPace?: Partial<DeliveryPace>;
  readonly linkSessionPace?: Partial<LinkSessionPace>;
  readonly publicUrl?: string;
  /** Other limits of the providers than their own. */
  readonly limits?: Partial<ProviderLimits>;
  /** A database of the test's own, migrated; a fresh one in the run's Postgres when not given. */
  readonly databaseUrl?: string;
  /** Another Temporal than the run's. */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** False: the test starts workers itself. */
  readonly worker?: boolean;
  readonly reconcileSeconds?: number;
  /** The API's providers; okra alone when not given. */
  readonly providers?: ProviderRegistry;
  /** The main file of the workers: `worker/main.ts` when not given. */
  readonly workerMain?: string;
  /** Other limits of the API's than its own. */
  readonly apiLimits?: Partial<ApiLimits>;
  readonly senders?: SenderSettings;
  readonly webhookBodies?: WebhookBodies;
  /** Where the API's metrics are served. */
  readonly metricsAddress?: string;
  /** The API's log; none when not given. */
  readonly logger?: Logger;
  /** The variables that tell where events may be delivered to; over http to any port of this machine when not given. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** More variables for the workers. */
  readonly workerEnv?: Readonly<Record<string, string>>;
  /** Variables of providers besides okra's, for the API and the worker. */
  readonly providerEnv?: Readonly<Record<string, string>>;
}

export interface Freshet {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookToken: string;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly temporal: Client;
  /** What a further process of it is to find in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A call to the API with its key. `body` is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer>;
  /** `more` goes before what the options say. */
  startWorker(more?: Readonly<Record<string, string>>): Promise<NodeProcess>;
  /** The newest worker that was started. */
  worker(): NodeProcess;
  close(): Promise<void>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers freely
  readonly body: any;
}

const TO_THIS_MACHINE = {
  FRESHET_ENDPOINT_ALLOW_HTTP: 'true',
  FRESHET_ENDPOINT_PORTS: '1-65535',
  FRESHET_ENDPOINT_ALLOWED_RANGES: '127.0.0.0/8',
};

/**
 * A whole Freshet of the test's own: its database, its Temporal namespace, the API in this process,
 * a worker in its own.
 */
export async function startFreshet(options: FreshetOptions = {}): Promise<Freshet> {
  const database = options.databaseUrl ? null : await freshDatabase();
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const namespace = options.temporal ? null : await freshNamespace();
  const temporal = options.temporal ?? {
    address: namespace?.address ?? '',
    namespace: namespace?.name ?? '',
  };
  const apiKey = createApiKey();
  const credentialsKeys = `test:${randomBytes(32).toString('base64')}`;
  const okra = {
    FRESHET_OKRA_BASE_URL: options.okraBaseUrl ?? 'http://127.0.0.1:1/v2',
    FRESHET_OKRA_SECRET_KEY: options.okraSecretKey ?? 'sandbox-secret-key',
    FRESHET_OKRA_WEBHOOK_TOKEN: options.okraWebhookToken ?? 'sandbox-webhook-token',
    ...options.providerEnv,
  };
  const endpoints = options.endpoints ?? TO_THIS_MACHINE;
  const api: RunningApi = await startApi({
    databaseUrl,
    credentialsKeys,
    host: '127.0.0.1',
    port: 0,
    bootstrapApiKey: apiKey,
    taskQueue: 'freshet',
    temporal: {
      connectionOptions: { address: temporal.address },
      namespace: temporal.namespace,
    },
    providers: limitedProviders(
      options.providers ?? configuredProviders(okra),
      options.limits ?? {},
    ),
    logger: options.logger ?? createLogger('api', 'silent'),
    ...(options.apiLimits ? { limits: options.apiLimits } : {}),
    ...(options.senders ? { senders: options.senders } : {}),
    ...(options.webhookBodies ? { webhookBodies: options.webhookBodies } : {}),
    endpointRules: readEndpointRules(endpoints),
    metricsAddress: options.metricsAddress,
    intervals: { ...INTERVAL_MS, ...options.intervals },
    pace: { ...PACE, ...options.pace },
    linkSessionPace: { ...LINK_SESSION_PACE, ...options.linkSessionPace },
    publicUrl: options.publicUrl,
  });
  const env = {
    FRESHET_DATABASE_URL: databaseUrl,
    FRESHET_CREDENTIALS_KEYS: credentialsKeys,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...okra,
    ...endpoints,
  };
  const workers: NodeProcess[] = [];

  async function startWorker(more: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    const worker = await startProcess(
      options.workerMain ??
        (options.intervals ||
        options.pace ||
        options.deliveryPace ||
        options.linkSessionPace ||
        options.limits
          ? 'test/support/paced-worker-main.ts'
          : 'worker/main.ts'),
      {
        TEST_INTERVALS: JSON.stringify(options.intervals ?? {}),
        TEST_PACE: JSON.stringify(options.pace ?? {}),
        TEST_DELIVERY_PACE: JSON.stringify(options.deliveryPace ?? {}),
        TEST_LINK_SESSION_PACE: JSON.stringify(options.linkSessionPace ?? {}),
        TEST_LIMITS: JSON.stringify(options.limits ?? {}),
        ...env,
        FRESHET_WORKFLOW_BUNDLE: runInfo().workflowBundle,
        FRESHET_RECONCILE_SECONDS: String(options.reconcileSeconds ?? 2),
        ...options.workerEnv,
        ...more,
      },
      { ready: 'worker ready', timeoutMs: 60_000 },
    );
    workers.push(worker);
    return worker;
  }
  if (options.worker !== false) await startWorker();

  const connection = Connection.lazy({ address: temporal.address });
  const db = connectDatabase({ url: databaseUrl, onIdleError: () => undefined });
  return {
    url: api.url,
    apiKey,
    webhookToken: okra.FRESHET_OKRA_WEBHOOK_TOKEN,
    db,
    databaseUrl,
    env,
    temporal: new Client({ connection, namespace: temporal.namespace }),
    async call(method, path, body, headers = {}) {
      const response = await fetch(api.url + path, {
        method,
        headers: {
          Authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status } = response;
      return { status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
    },
    startWorker,
    worker() {
      const last = workers.at(-1);
      if (!last) throw new Error('this test has no worker');
      return last;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await api.close();
      await connection.close();
      await db.destroy();
      await namespace?.close();
      await database?.drop();
    },
  };
}
