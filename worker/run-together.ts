import type { Worker } from '@temporalio/worker';

/**
 * Runs all workers until `stop` aborts. They stand and fall together: when one ends by itself, the
 * others are stopped, and its error is thrown once all have ended.
 */
export async function runTogether(
  workers: readonly Pick<Worker, 'run' | 'shutdown' | 'getState'>[],
  stop: AbortSignal,
): Promise<void> {
  const errors: unknown[] = [];
  let stopping = false;
  const shutDown = (): void => {
    stopping = true;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  async function run(worker: Pick<Worker, 'run'>): Promise<void> {
    try {
      await worker.run();
      if (!stopping) throw new Error('a Temporal worker has ended by itself');
    } catch (error) {
      errors.push(error);
    }
    shutDown();
  }
  const runs = workers.map(run);
  stop.addEventListener('abort', shutDown, { once: true });
  if (stop.aborted) shutDown();
  await Promise.all(runs);
  stop.removeEventListener('abort', shutDown);
  if (errors.length > 0) throw errors[0];
}
