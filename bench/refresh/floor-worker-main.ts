import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createLogger } from '../../config/logger.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { runMain } from '../../config/run-main.ts';
import { connectDatabase } from '../../db/connect.ts';
import { installQuietRuntime } from '../support/quiet-runtime.ts';
import { insertFloorRow } from './floor-table.ts';

/** The worker of the floor, in a process of its own as the real one is. */
await runMain(async () => {
  const stop = onShutdown();
  installQuietRuntime();
  const db = connectDatabase({
    url: process.env['FRESHET_DATABASE_URL'] ?? '',
    onIdleError: () => undefined,
  });
  const connection = await NativeConnection.connect({
    address: process.env['TEMPORAL_ADDRESS'] ?? '',
  });
  const worker = await Worker.create({
    connection,
    namespace: 'default',
    taskQueue: 'floor',
    workflowsPath: fileURLToPath(new URL('bare-workflows.ts', import.meta.url)),
    activities: { insertRow: insertFloorRow(db) },
    // As worker/start-worker.ts has them.
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
  });
  stop.addEventListener('abort', () => worker.shutdown(), { once: true });
  createLogger('floor', 'info').info('floor ready');
  await worker.run();
  await connection.close();
  await db.destroy();
});
