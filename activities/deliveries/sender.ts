import type { DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';
import type { ActivityDeps } from '../deps.ts';
import { attemptDelivery, OUR_MISTAKE } from './attempt-delivery.ts';
import type { LoadedDelivery } from './due-loader.ts';
import { freshContents } from './fresh-contents.ts';
import type { EndpointSession, OpenEndpoint } from './endpoint-session.ts';
import { retryDelay } from './retry-delay.ts';

/** Makes attempts at one endpoint, and has them stored. */
export interface Sender {
  send(delivery: LoadedDelivery, endpoint: OpenEndpoint): void;
  /** The events whose attempts are not stored yet. */
  unstored(): readonly string[];
  /** Resolves when nothing is under way or to be stored. */
  idle(): Promise<void>;
  /** Notes that the round cannot go on. */
  fail(error: unknown): void;
  readonly failure: { readonly error: unknown } | undefined;
  readonly counts: { readonly delivered: number; readonly failed: number };
}

/** @param onEnded called when an attempt has ended, before it is stored. */
export function createSender(
  { db, logger, metrics, deliveries: { pace, poster, recorder } }: ActivityDeps,
  session: EndpointSession,
  onEnded: (delivery: LoadedDelivery) => void,
): Sender {
  const unstored = new Set<string>();
  const counts = { delivered: 0, failed: 0 };
  let underWay = 0;
  let failure: { readonly error: unknown } | undefined;
  let whenIdle: (() => void) | undefined;

  function fail(error: unknown): void {
    failure ??= { error };
  }

  function settle(): void {
    if (underWay === 0 && unstored.size === 0) whenIdle?.();
  }

  function onStored({ eventId }: DeliveryAttempt, error: unknown): void {
    if (error !== undefined) fail(error);
    unstored.delete(eventId);
    settle();
  }

  async function attempt(delivery: LoadedDelivery, endpoint: OpenEndpoint): Promise<void> {
    const startedAt = Date.now();
    const contents = await freshContents(db, delivery, endpoint.payload);
    const outcome = await attemptDelivery({ poster, logger }, delivery, contents, endpoint);
    const { statusCode, latencyMs, retryAfterMs } = outcome;
    const succeeded = statusCode !== null && statusCode >= 200 && statusCode < 300;
    unstored.add(delivery.id);
    const retryMs = succeeded ? null : retryDelay(delivery.tries + 1, retryAfterMs, pace);
    const { id: eventId, tries } = delivery;
    const made = { endpointId: endpoint.id, eventId, tries, startedAt, succeeded, retryMs };
    recorder.store({ ...outcome, ...made }, onStored);
    metrics.deliveryAttempted(succeeded ? 'succeeded' : 'failed', latencyMs / 1_000);
    counts[succeeded ? 'delivered' : 'failed'] += 1;
    if (outcome.errorCode === OUR_MISTAKE || !session.isCurrent(endpoint)) return;
    if (succeeded) await session.succeeded(startedAt);
    else await session.failed({ startedAt, endedAt: Date.now(), statusCode, retryAfterMs });
  }

  return {
    send(delivery, endpoint) {
      underWay += 1;
      const ended = (): void => {
        underWay -= 1;
        onEnded(delivery);
        settle();
      };
      attempt(delivery, endpoint).then(ended, (error: unknown) => {
        fail(error);
        ended();
      });
    },
    unstored: () => [...unstored],
    async idle() {
      const { promise, resolve } = Promise.withResolvers<void>();
      whenIdle = resolve;
      settle();
      await promise;
    },
    fail,
    get failure() {
      return failure;
    },
    counts,
  };
}
