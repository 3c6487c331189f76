import { readEnvironment } from '../../config/environment.ts';
import { DELIVERY_PACE, type DeliveryPace } from '../../config/delivery-pace.ts';
import { readEndpointRules } from '../../config/endpoint-rules.ts';
import { INTERVAL_MS, type IntervalTable } from '../../config/interval.ts';
import { createLogger } from '../../config/logger.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { LINK_SESSION_PACE, type LinkSessionPace } from '../../config/link-session-pace.ts';
import { PACE, type Pace } from '../../config/pace.ts';
import { readQueueSettings } from '../../config/queue-settings.ts';
import type { Environment } from '../../config/secrets.ts';
import { configuredProviders } from '../../providers/configured.ts';
import { KNOWN_PROVIDERS } from '../../providers/known-providers.ts';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import type { ProviderRegistry } from '../../providers/registry.ts';
import { readTemporalSettings } from '../../temporal/connect.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { limitedProviders } from './limited-providers.ts';

/**
 * A worker with the faster intervals, the pace and the limits of providers that its test gave to the
 * API too, as JSON in `TEST_INTERVALS`, `TEST_PACE`, `TEST_DELIVERY_PACE`,
 * `TEST_LINK_SESSION_PACE` and `TEST_LIMITS`. Its providers are those of its environment when none are given.
 */
export async function startPacedWorker(
  environment: Environment,
  given?: ProviderRegistry,
): Promise<void> {
  const settings = readEnvironment(environment, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
    'FRESHET_TASK_QUEUE',
    'FRESHET_RECONCILE_SECONDS',
    'FRESHET_WORKFLOW_BUNDLE',
    'FRESHET_LOG_LEVEL',
  ]);
  const intervals = JSON.parse(environment['TEST_INTERVALS'] ?? '{}') as Partial<IntervalTable>;
  const pace = JSON.parse(environment['TEST_PACE'] ?? '{}') as Partial<Pace>;
  const deliveryPace = JSON.parse(
    environment['TEST_DELIVERY_PACE'] ?? '{}',
  ) as Partial<DeliveryPace>;
  const linkSessionPace = JSON.parse(
    environment['TEST_LINK_SESSION_PACE'] ?? '{}',
  ) as Partial<LinkSessionPace>;
  const limits = JSON.parse(environment['TEST_LIMITS'] ?? '{}') as Partial<ProviderLimits>;
  const providers = limitedProviders(given ?? configuredProviders(environment), limits);
  const knownProviders = given?.names ?? KNOWN_PROVIDERS;
  await startWorker({
    databaseUrl: settings.FRESHET_DATABASE_URL,
    credentialsKeys: settings.FRESHET_CREDENTIALS_KEYS,
    taskQueue: settings.FRESHET_TASK_QUEUE,
    reconcileSeconds: settings.FRESHET_RECONCILE_SECONDS,
    workflowBundle: settings.FRESHET_WORKFLOW_BUNDLE,
    temporal: readTemporalSettings(environment),
    providers,
    knownProviders,
    queueSettings: readQueueSettings(environment, knownProviders),
    metricsAddress: undefined,
    logger: createLogger('worker', settings.FRESHET_LOG_LEVEL),
    stop: onShutdown(),
    intervals: { ...INTERVAL_MS, ...intervals },
    pace: { ...PACE, ...pace },
    linkSessionPace: { ...LINK_SESSION_PACE, ...linkSessionPace },
    deliveryPace: { ...DELIVERY_PACE, ...deliveryPace },
    endpointRules: readEndpointRules(environment),
  });
}
