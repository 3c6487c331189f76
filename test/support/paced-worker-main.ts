import { runMain } from '../../config/run-main.ts';
import { startPacedWorker } from './start-paced-worker.ts';

/** As `worker/main.ts`, as fast as the test wants it. */
await runMain(() => startPacedWorker(process.env));
