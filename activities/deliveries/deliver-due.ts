import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext } from '../../providers/provider.ts';
import { timeUntilDue } from '../../db/deliveries/find-due.ts';
import { releaseEndpoint } from '../../db/endpoints/claim-endpoint.ts';
import type { ActivityDeps } from '../deps.ts';
import { createBell } from './bell.ts';
import type { DeliveryRound } from './contract.ts';
import { createDueLoader, type LoadedDelivery } from './due-loader.ts';
import { createEndpointSession } from './endpoint-session.ts';
import { createOrderedQueue } from './ordered-queue.ts';
import { createSender } from './sender.ts';

/** What is under way when the worker has to end is waited for so long. */
const GRACE_MS = 3_000;

/**
 * Delivers what is due at an endpoint until nothing is, and looks a while longer for more; or until the
 * endpoint rests, is disabled, or the round's time is over.
 */
export async function deliverDue(
  deps: ActivityDeps,
  endpointId: string,
  { signal }: CallContext,
): Promise<DeliveryRound> {
  const { db, logger, deliveries } = deps;
  const { pace } = deliveries;
  const until = Date.now() + pace.roundMs;
  const bell = createBell();
  const session = createEndpointSession(deps, endpointId);
  const loader = createDueLoader(db, endpointId);
  const queue = createOrderedQueue<LoadedDelivery>(pace.orderWaitMs);
  const sender = createSender(deps, session, onEnded);
  let loading = Promise.resolve();
  let isLoading = false;
  let lastWorkAt = Date.now();

  const mayGoOn = (): boolean =>
    session.open !== undefined && !sender.failure && !signal.aborted && Date.now() < until;

  const lingerMs = (): number =>
    session.open?.account_id === null ? pace.lingerMs : pace.accountLingerMs;

  function takeUp(): void {
    while (queue.waiting > 0 && queue.underWay < session.room && mayGoOn()) {
      const delivery = queue.take();
      if (!delivery || !session.open) return;
      sender.send(delivery, session.open);
    }
  }

  function onEnded(delivery: LoadedDelivery): void {
    lastWorkAt = Date.now();
    queue.ended(delivery);
    takeUp();
    if (queue.waiting <= loader.lowWater || !mayGoOn()) bell.ring();
  }

  async function load(): Promise<void> {
    await session.refresh();
    if (!session.open) return;
    const except = [...queue.ids(), ...sender.unstored()];
    const due = await loader.load(session.open.payload, except);
    if (due.length > 0) lastWorkAt = Date.now();
    queue.add(due);
  }

  function refill(): void {
    if (isLoading || queue.waiting > loader.lowWater || Date.now() < loader.nextAt) return;
    isLoading = true;
    const ended = (): void => {
      isLoading = false;
      bell.ring();
    };
    loading = load().catch(sender.fail).then(ended);
  }

  signal.addEventListener('abort', bell.ring);
  try {
    await session.refresh();
    while (mayGoOn()) {
      refill();
      takeUp();
      const isIdle = queue.waiting + queue.underWay === 0 && !isLoading;
      if (isIdle && Date.now() - lastWorkAt >= lingerMs()) break;
      await bell.rungOrAt(isLoading ? until : Math.max(loader.nextAt, Date.now() + 1));
    }
    // It may claim the endpoint, which is to be released behind it.
    await loading;
    // Those that end later are stored all the same.
    await Promise.race([sender.idle(), aborted(signal).then(() => delay(GRACE_MS))]);
  } finally {
    signal.removeEventListener('abort', bell.ring);
  }
  signal.throwIfAborted();
  if (sender.failure) throw sender.failure.error;
  const { delivered, failed } = sender.counts;
  if (delivered + failed > 0) logger.info({ endpointId, delivered, failed }, 'events delivered');
  // In this order: see takeWakes.
  await releaseEndpoint(db, endpointId);
  return { waitMs: await timeUntilDue(db, endpointId), isFailing: session.isFailing };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
