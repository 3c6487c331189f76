import { once } from 'node:events';
import { readEndpointRules } from '../config/endpoint-rules.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { onShutdown } from '../config/on-shutdown.ts';
import { runMain } from '../config/run-main.ts';
import { readSenderSettings } from '../config/sender-settings.ts';
import { configuredProviders } from '../providers/configured.ts';
import { KNOWN_PROVIDERS } from '../providers/known-providers.ts';
import { readTemporalSettings } from '../temporal/connect.ts';
import { startApi } from './start-api.ts';

await runMain(async () => {
  const settings = readEnvironment(process.env, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
    'FRESHET_API_HOST',
    'FRESHET_API_PORT',
    'FRESHET_API_MAX_CONNECTIONS',
    'FRESHET_PUBLIC_URL',
    'FRESHET_BOOTSTRAP_API_KEY',
    'FRESHET_TASK_QUEUE',
    'FRESHET_WEBHOOK_BODIES',
    'FRESHET_METRICS_ADDRESS',
    'FRESHET_LOG_LEVEL',
  ]);
  const stop = onShutdown();
  const api = await startApi({
    databaseUrl: settings.FRESHET_DATABASE_URL,
    credentialsKeys: settings.FRESHET_CREDENTIALS_KEYS,
    host: settings.FRESHET_API_HOST,
    port: settings.FRESHET_API_PORT,
    bootstrapApiKey: settings.FRESHET_BOOTSTRAP_API_KEY,
    taskQueue: settings.FRESHET_TASK_QUEUE,
    publicUrl: settings.FRESHET_PUBLIC_URL,
    webhookBodies: settings.FRESHET_WEBHOOK_BODIES,
    senders: readSenderSettings(process.env, KNOWN_PROVIDERS),
    endpointRules: readEndpointRules(process.env),
    metricsAddress: settings.FRESHET_METRICS_ADDRESS,
    limits: { maxConnections: settings.FRESHET_API_MAX_CONNECTIONS },
    temporal: readTemporalSettings(process.env),
    providers: configuredProviders(process.env),
    logger: createLogger('api', settings.FRESHET_LOG_LEVEL),
  });
  if (!stop.aborted) await once(stop, 'abort');
  await api.close();
});
