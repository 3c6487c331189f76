import { expect, it } from 'vitest';
import { runTogether } from '../../worker/run-together.ts';

/** Stands in for a Temporal worker: ends when told to, or when made to fail. */
function fakeWorker() {
  let end: ((error?: Error) => void) | undefined;
  let state: 'INITIALIZED' | 'RUNNING' | 'STOPPED' = 'INITIALIZED';
  return {
    getState: () => state,
    run: () =>
      new Promise<void>((resolve, reject) => {
        state = 'RUNNING';
        end = (error) => {
          state = 'STOPPED';
          if (error) reject(error);
          else resolve();
        };
      }),
    shutdown: () => end?.(),
    fail: (error: Error) => end?.(error),
    end: () => end?.(),
  };
}

it('stops all when asked to', async () => {
  const workers = [fakeWorker(), fakeWorker()];
  const controller = new AbortController();
  const running = runTogether(workers, controller.signal);
  controller.abort();
  await expect(running).resolves.toBeUndefined();
});

it('stops all at once when asked to before', async () => {
  const running = runTogether([fakeWorker(), fakeWorker()], AbortSignal.abort());
  await expect(running).resolves.toBeUndefined();
});

it('stops the others when one fails, and says why', async () => {
  const [one, two, three] = [fakeWorker(), fakeWorker(), fakeWorker()];
  const running = runTogether([one, two, three], new AbortController().signal);
  two.fail(new Error('the namespace is gone'));
  await expect(running).rejects.toThrow('the namespace is gone');
  expect([one, two, three].map((worker) => worker.getState())).toEqual(Array(3).fill('STOPPED'));
});

it('takes one that ends by itself for failed', async () => {
  const [one, two] = [fakeWorker(), fakeWorker()];
  const running = runTogether([one, two], new AbortController().signal);
  one.end();
  await expect(running).rejects.toThrow('ended by itself');
  expect(two.getState()).toBe('STOPPED');
});
