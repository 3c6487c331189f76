import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, type Attempt, type WebhookRequest } from './attempt.ts';

/** How a webhook is tried again. Number and spacing are undocumented. */
export interface RetrySettings {
  /** The pauses in milliseconds; as many as there are retries. */
  delaysMs: readonly number[];
  /**
   * `200`: anything else is unsuccessful, as docs/webhooks says of failures; `2xx`, as it says of
   * the answer.
   */
  success: '200' | '2xx';
}

export interface Deliverer {
  readonly retries: RetrySettings;
  /** Sends once, now, and tells how it went. */
  post(request: WebhookRequest): Promise<Attempt>;
  /** Sends after all that was queued before; later tries do not keep up the queue. */
  queue(request: WebhookRequest): void;
  /** Oldest first. */
  attempts(): readonly Attempt[];
  /** Waits until nothing is queued, under way or to be tried again. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function createDeliverer(): Deliverer {
  const closing = new AbortController();
  const attempts: Attempt[] = [];
  const pending = new Set<Promise<void>>();
  const retries: RetrySettings = { delaysMs: [20, 40, 80, 160, 320], success: '200' };
  let last: Promise<unknown> = Promise.resolve();

  const post = async (request: WebhookRequest): Promise<Attempt> => {
    const made = await attempt(request, closing.signal);
    attempts.push(made);
    return made;
  };

  const succeeded = ({ status }: Attempt): boolean =>
    status === 200 ||
    (retries.success === '2xx' && status !== null && Math.floor(status / 100) === 2);

  const deliver = async (request: WebhookRequest, first: Promise<Attempt>): Promise<void> => {
    let made = await first;
    for (const delay of retries.delaysMs) {
      if (succeeded(made)) return;
      await sleep(delay, undefined, { ref: false, signal: closing.signal });
      made = await post(request);
    }
  };

  const settled = async (): Promise<void> => {
    while (pending.size > 0) await Promise.all(pending);
  };

  return {
    retries,
    post,
    queue(request) {
      const first = last.then(() => post(request));
      last = first;
      const delivered = deliver(request, first)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) throw error;
        })
        .finally(() => pending.delete(delivered));
      pending.add(delivered);
    },
    attempts: () => [...attempts],
    settled,
    async close() {
      closing.abort();
      await settled();
    },
  };
}
