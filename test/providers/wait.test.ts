import { expect, it } from 'vitest';
import { wait } from '../../providers/wait.ts';
import { testContext } from './context.ts';

it('waits, and beats on the way', async () => {
  const context = testContext();
  const before = performance.now();
  await wait(30, context);
  expect(performance.now() - before).toBeGreaterThan(25);
  expect(context.beats()).toBe(1);
});

it('does not wait for no time at all', async () => {
  const context = testContext();
  await wait(0, context);
  expect(context.beats()).toBe(0);
});

it('rejects with the reason of its signal, before it waits and while it does', async () => {
  const reason = new Error('stopping');
  await expect(wait(60_000, testContext(AbortSignal.abort(reason)))).rejects.toBe(reason);
  const stop = new AbortController();
  const waiting = wait(60_000, testContext(stop.signal));
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
