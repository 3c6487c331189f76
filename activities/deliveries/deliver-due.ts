import type { CallContext } from '../../providers/provider.ts';
import { timeUntilDue } from '../../db/deliveries/find-due.ts';
import type { DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';
import { releaseEndpoint } from '../../db/endpoints/claim-endpoint.ts';
import type { ActivityDeps } from '../deps.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import { createBackground } from './background.ts';
import { createBell } from './bell.ts';
import type { DeliveryRound } from './contract.ts';
import { createDueLoader, type LoadedDelivery } from './due-loader.ts';
import { createEndpointSession, type OpenEndpoint } from './endpoint-session.ts';
import { createOrderedQueue } from './ordered-queue.ts';
import { retryDelay } from './retry-delay.ts';

/** What is under way when the worker has to end has this much longer. */
const GRACE_MS = 2_000;

/**
 * Delivers what is due at an endpoint until nothing is, and looks a while longer for more; or until the
 * endpoint rests, is disabled, or the round's time is over.
 */
export async function deliverDue(
  deps: ActivityDeps,
  endpointId: string,
  context: CallContext,
): Promise<DeliveryRound> {
  const { db, logger, metrics, deliveries } = deps;
  const { pace, recorder } = deliveries;
  const bell = createBell();
  const session = createEndpointSession(deps, endpointId);
  const loader = createDueLoader(db, endpointId);
  const unstored = new Set<string>();
  const queue = createOrderedQueue<LoadedDelivery>();
  const background = createBackground(bell.ring);
  const ending = new AbortController();
  const counts = { delivered: 0, failed: 0 };
  let lastWorkAt = Date.now();
  let isLoading = false;

  async function load(): Promise<void> {
    await session.refresh();
    if (!session.open) return;
    const except = [...queue.ids(), ...unstored];
    const due = await loader.load(session.open.payload, except);
    if (due.length > 0) lastWorkAt = Date.now();
    queue.add(due);
  }

  function refill(): void {
    if (isLoading || queue.waiting > loader.lowWater || Date.now() < loader.nextAt) return;
    isLoading = true;
    background.run(
      load().finally(() => {
        isLoading = false;
      }),
    );
  }

  async function attempt(delivery: LoadedDelivery, endpoint: OpenEndpoint): Promise<void> {
    const startedAt = Date.now();
    const timer = setTimeout(() => {
      queue.letOthersPass(delivery);
      bell.ring();
    }, pace.orderWaitMs);
    try {
      const outcome = await attemptDelivery(deps, delivery, endpoint, ending.signal);
      const { statusCode, latencyMs, retryAfterMs } = outcome;
      const succeeded = statusCode !== null && statusCode >= 200 && statusCode < 300;
      background.run(
        store({
          ...outcome,
          endpointId,
          eventId: delivery.id,
          startedAt: new Date(startedAt),
          succeeded,
          retryMs: succeeded ? null : retryDelay(delivery.tries + 1, retryAfterMs, pace),
        }),
      );
      metrics.deliveryAttempted(succeeded ? 'succeeded' : 'failed', latencyMs / 1_000);
      counts[succeeded ? 'delivered' : 'failed'] += 1;
      if (succeeded) await session.succeeded();
      else await session.failed({ startedAt, endedAt: Date.now(), statusCode, retryAfterMs });
    } finally {
      clearTimeout(timer);
      queue.ended(delivery);
    }
  }

  async function store(made: DeliveryAttempt): Promise<void> {
    unstored.add(made.eventId);
    try {
      await recorder.store(made);
    } finally {
      unstored.delete(made.eventId);
    }
  }

  function takeUp(): void {
    while (session.open && queue.underWay < session.room) {
      const delivery = queue.take();
      if (!delivery) return;
      lastWorkAt = Date.now();
      background.run(attempt(delivery, session.open));
    }
  }

  const until = Date.now() + pace.roundMs;
  const endSoon = () => {
    bell.ring();
    setTimeout(() => ending.abort(context.signal.reason), GRACE_MS).unref();
  };
  context.signal.addEventListener('abort', endSoon);
  const mayGoOn = (): boolean =>
    session.open !== undefined && !background.hasFailed && !context.signal.aborted;
  try {
    await session.refresh();
    while (mayGoOn() && Date.now() < until) {
      refill();
      takeUp();
      const isIdle = queue.waiting + queue.underWay === 0 && !isLoading;
      if (isIdle && Date.now() - lastWorkAt >= pace.lingerMs) break;
      await bell.rungOrAt(isLoading ? until : Math.max(loader.nextAt, Date.now() + 1));
    }
  } finally {
    await background.ended();
    context.signal.removeEventListener('abort', endSoon);
  }
  context.signal.throwIfAborted();
  background.throwIfFailed();
  const { delivered, failed } = counts;
  if (delivered + failed > 0) logger.info({ endpointId, delivered, failed }, 'events delivered');
  // In this order: see takeWakes.
  await releaseEndpoint(db, endpointId);
  return { waitMs: await timeUntilDue(db, endpointId) };
}
