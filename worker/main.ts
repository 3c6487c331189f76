import { readEndpointRules } from '../config/endpoint-rules.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { runMain } from '../config/run-main.ts';
import { onShutdown } from '../config/on-shutdown.ts';
import { readQueueSettings } from '../config/queue-settings.ts';
import { configuredProviders } from '../providers/configured.ts';
import { KNOWN_PROVIDERS } from '../providers/known-providers.ts';
import { readTemporalSettings } from '../temporal/connect.ts';
import { startWorker } from './start-worker.ts';

await runMain(async () => {
  const settings = readEnvironment(process.env, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
    'FRESHET_TASK_QUEUE',
    'FRESHET_RECONCILE_SECONDS',
    'FRESHET_WEBHOOK_BODIES',
    'FRESHET_WEBHOOK_RETENTION_DAYS',
    'FRESHET_EVENT_RETENTION_DAYS',
    'FRESHET_WORKFLOW_BUNDLE',
    'FRESHET_METRICS_ADDRESS',
    'FRESHET_LOG_LEVEL',
  ]);
  const stop = onShutdown();
  await startWorker({
    databaseUrl: settings.FRESHET_DATABASE_URL,
    credentialsKeys: settings.FRESHET_CREDENTIALS_KEYS,
    taskQueue: settings.FRESHET_TASK_QUEUE,
    reconcileSeconds: settings.FRESHET_RECONCILE_SECONDS,
    workflowBundle: settings.FRESHET_WORKFLOW_BUNDLE,
    temporal: readTemporalSettings(process.env),
    providers: configuredProviders(process.env),
    knownProviders: KNOWN_PROVIDERS,
    queueSettings: readQueueSettings(process.env, KNOWN_PROVIDERS),
    webhooks: {
      retentionDays: settings.FRESHET_WEBHOOK_RETENTION_DAYS,
      bodies: settings.FRESHET_WEBHOOK_BODIES,
    },
    endpointRules: readEndpointRules(process.env),
    events: { retentionDays: settings.FRESHET_EVENT_RETENTION_DAYS },
    metricsAddress: settings.FRESHET_METRICS_ADDRESS,
    logger: createLogger('worker', settings.FRESHET_LOG_LEVEL),
    stop,
  });
});
