import { INTERVAL_MS, type IntervalTable } from '../../config/interval.ts';
import { readEnvironment } from '../../config/environment.ts';
import { createLogger } from '../../config/logger.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { PACE, type Pace } from '../../config/pace.ts';
import { readQueueSettings } from '../../config/queue-settings.ts';
import { runMain } from '../../config/run-main.ts';
import {
  configuredProviders,
  KNOWN_PROVIDERS,
  PROVIDER_VARIABLES,
} from '../../providers/configured.ts';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import { readTemporalSettings } from '../../temporal/connect.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { limitedProviders } from './limited-providers.ts';

/** A worker with the faster intervals and the limits of providers that its test gave to the API too, as JSON. */
await runMain(async () => {
  const settings = readEnvironment(process.env, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
    'FRESHET_TASK_QUEUE',
    'FRESHET_RECONCILE_SECONDS',
    'FRESHET_WORKFLOW_BUNDLE',
    'FRESHET_LOG_LEVEL',
    ...PROVIDER_VARIABLES,
  ]);
  const intervals = JSON.parse(process.env['TEST_INTERVALS'] ?? '{}') as Partial<IntervalTable>;
  const pace = JSON.parse(process.env['TEST_PACE'] ?? '{}') as Partial<Pace>;
  const limits = JSON.parse(process.env['TEST_LIMITS'] ?? '{}') as Partial<ProviderLimits>;
  await startWorker({
    databaseUrl: settings.FRESHET_DATABASE_URL,
    credentialsKeys: settings.FRESHET_CREDENTIALS_KEYS,
    taskQueue: settings.FRESHET_TASK_QUEUE,
    reconcileSeconds: settings.FRESHET_RECONCILE_SECONDS,
    workflowBundle: settings.FRESHET_WORKFLOW_BUNDLE,
    temporal: readTemporalSettings(process.env),
    providers: limitedProviders(configuredProviders(settings), limits),
    knownProviders: KNOWN_PROVIDERS,
    queueSettings: readQueueSettings(process.env, KNOWN_PROVIDERS),
    metricsAddress: undefined,
    logger: createLogger('worker', settings.FRESHET_LOG_LEVEL),
    stop: onShutdown(),
    intervals: { ...INTERVAL_MS, ...intervals },
    pace: { ...PACE, ...pace },
  });
});
