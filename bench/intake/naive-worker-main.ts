import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Pool } from 'pg';
import { createLogger } from '../../config/logger.ts';
import { readEnvironment } from '../../config/environment.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { runMain } from '../../config/run-main.ts';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { configuredProviders } from '../../providers/configured.ts';
import { installQuietRuntime } from '../support/quiet-runtime.ts';
import { applyWebhook } from './apply-webhook.ts';
import { NAIVE_QUEUE } from './naive-workflows.ts';

/** The naive service's worker, with the settings of the real one. */
await runMain(async () => {
  const settings = readEnvironment(process.env, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
  ]);
  const stop = onShutdown();
  installQuietRuntime();
  const provider = configuredProviders(process.env).get('okra');
  if (!provider) throw new Error('the bank is not configured');
  const pool = new Pool({ connectionString: settings.FRESHET_DATABASE_URL, max: 24 });
  pool.on('error', () => undefined);
  const keyRing = createKeyRing(settings.FRESHET_CREDENTIALS_KEYS);
  const connection = await NativeConnection.connect({
    address: process.env['TEMPORAL_ADDRESS'] ?? '',
  });
  const worker = await Worker.create({
    connection,
    namespace: 'default',
    taskQueue: NAIVE_QUEUE,
    workflowsPath: fileURLToPath(new URL('naive-workflows.ts', import.meta.url)),
    activities: { applyWebhook: applyWebhook({ pool, keyRing, provider }) },
    // As worker/create-workers.ts has them.
    maxConcurrentActivityTaskExecutions: 24,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
  });
  stop.addEventListener('abort', () => worker.shutdown(), { once: true });
  createLogger('naive', 'info').info('naive ready');
  await worker.run();
  await connection.close();
  await pool.end();
});
