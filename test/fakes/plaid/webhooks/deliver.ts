import { HOUR } from '../clock.ts';
import type { Webhook } from './outbox.ts';
import { postWebhook, signedRequest } from './post.ts';
import { createRejections } from './rejections.ts';

/**
 * "If there is a non-200 response or no response within 10 seconds", a webhook is sent again for up
 * to 24 hours, first after 30 seconds, then each time after four times as long (docs/api/webhooks).
 */
const FIRST_PAUSE_MS = 30_000;
const FACTOR = 4;
const FOR_MS = 24 * HOUR;

export interface DeliveryOptions {
  /** Real milliseconds per documented one: 0.001 makes the 30 seconds into 30 ms. */
  readonly retryScale: number;
  readonly timeoutMs: number;
  /**
   * Whether each attempt is signed anew. Not documented; but an `iat` of half an hour ago would not
   * be accepted by anybody who verifies as documented.
   */
  readonly signsRetriesAnew: boolean;
  /**
   * Whether nothing is sent again once more than 90 % of a day's attempts were rejected
   * (docs/api/webhooks). Of at least ten attempts: that number is a guess.
   */
  readonly givesUpOnRejections: boolean;
}

export interface Deliverer {
  enqueue(webhook: Webhook): void;
  close(): Promise<void>;
}

export function createDeliverer(
  options: DeliveryOptions,
  sign: (text: string) => Promise<string>,
): Deliverer {
  const rejections = createRejections();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  const deliver = async (webhook: Webhook): Promise<void> => {
    let jwt = await sign(webhook.text);
    let pause = FIRST_PAUSE_MS;
    for (let waited = 0; ; waited += pause, pause *= FACTOR) {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(options.timeoutMs)]);
      const status = await postWebhook(signedRequest(webhook.url, webhook.text, jwt), signal);
      if (closing.signal.aborted) return;
      webhook.attempts.push(status);
      rejections.note(status !== 200);
      if (status === 200) {
        webhook.state = 'delivered';
        return;
      }
      const hopeless = options.givesUpOnRejections && rejections.areMost();
      if (waited + pause > FOR_MS || hopeless) {
        webhook.state = 'failed';
        return;
      }
      await sleep(pause * options.retryScale);
      if (closing.signal.aborted) return;
      if (options.signsRetriesAnew) jwt = await sign(webhook.text);
    }
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

  return {
    enqueue(webhook) {
      const settled = deliver(webhook).finally(() => running.delete(settled));
      running.add(settled);
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}
