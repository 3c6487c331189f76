import type { WebhookTarget } from '../institution/types.ts';
import type { World } from '../state/world.ts';
import { attempt, type AttemptResult } from './attempt.ts';
import type { Progress, Webhook } from './webhook.ts';

/** Pauses before the first retries, as multiples of the base delay; then the last one for a day. */
const PAUSES = [1, 5, 30, 60];
const RETRIES = PAUSES.length + 24 * 60;

export interface Deliverer {
  /** Delivers a webhook: those of one customer one after the other, each customer on its own. */
  enqueue(webhook: Webhook): void;
  /** Takes up what was waiting when the process ended. */
  resume(): void;
  /** Ends all attempts. What was waiting stays so. */
  close(): Promise<void>;
}

/** `targetOf` is asked at each attempt, so that a corrected address takes effect. */
export function createDeliverer(
  world: World,
  targetOf: (webhook: Webhook) => WebhookTarget | null,
): Deliverer {
  const queues = new Map<string, Webhook[]>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  const settle = (webhook: Webhook, progress: Progress): void =>
    world.change(() => world.apply({ op: 'webhook_progress', id: webhook.id, progress }));

  const tryOnce = async (webhook: Webhook): Promise<void> => {
    const target = targetOf(webhook);
    const { attempts } = webhook.progress;
    if (target === null) {
      settle(webhook, { ...webhook.progress, state: 'no_target' });
      return;
    }
    const at = world.state.clock.now();
    const { timeoutMs } = world.state.settings.delivery;
    const result = await attempt(target, webhook.body, timeoutMs, closing.signal);
    if (closing.signal.aborted) return;
    const state = stateAfter(result, attempts + 1);
    settle(webhook, { state, attempts: attempts + 1, lastAttempt: { at, ...result } });
    if (state === 'waiting') run(retryLater(webhook));
  };

  const retryLater = async (webhook: Webhook): Promise<void> => {
    const pause = PAUSES[Math.min(webhook.progress.attempts, PAUSES.length) - 1] ?? 1;
    await sleep(pause * world.state.settings.delivery.retryBaseMs);
    if (!closing.signal.aborted) await tryOnce(webhook);
  };

  const drain = async (customerId: string, queue: Webhook[]): Promise<void> => {
    while (queue.length > 0) {
      const { delayMs, shuffle } = world.state.settings.delivery;
      // Even without a delay, the rest of what one change made has to be in the queue first.
      await sleep(delayMs);
      if (closing.signal.aborted) return;
      const index = shuffle ? world.random('delivery').below(queue.length) : 0;
      const [webhook] = queue.splice(index, 1);
      if (webhook !== undefined) await tryOnce(webhook);
    }
    queues.delete(customerId);
  };

  const run = (work: Promise<void>): void => {
    const settled = work.finally(() => running.delete(settled));
    running.add(settled);
  };

  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        closing.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      closing.signal.addEventListener('abort', done);
    });

  const enqueue = (webhook: Webhook): void => {
    const queue = queues.get(webhook.customerId);
    if (queue !== undefined) {
      queue.push(webhook);
      return;
    }
    const started = [webhook];
    queues.set(webhook.customerId, started);
    run(drain(webhook.customerId, started));
  };

  return {
    enqueue,
    resume() {
      for (const webhook of world.state.webhooks.values()) {
        if (webhook.progress.state === 'waiting') enqueue(webhook);
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

function stateAfter(result: AttemptResult, attempts: number): 'delivered' | 'waiting' | 'failed' {
  if (result.status !== null && result.status >= 200 && result.status < 300) return 'delivered';
  return attempts > RETRIES ? 'failed' : 'waiting';
}
