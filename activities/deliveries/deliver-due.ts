import { once } from 'node:events';
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
    if (isLow() || !mayGoOn()) bell.ring();
  }

  const isLow = (): boolean => queue.waiting <= loader.lowWater;

  async function load(): Promise<void> {
    await session.refresh();
    if (!session.open || !isLow() || Date.now() < loader.nextAt) return;
    const except = [...queue.ids(), ...sender.unstored()];
    const due = await loader.load(session.open.payload, except);
    if (due.length > 0) lastWorkAt = Date.now();
    queue.add(due);
  }

  function refill(): void {
    if (isLoading || Date.now() < Math.min(session.refreshAt, isLow() ? loader.nextAt : Infinity))
      return;
    isLoading = true;
    const ended = (): void => {
      isLoading = false;
      bell.ring();
    };
    loading = load().catch(sender.fail).then(ended);
  }

  const nextLookAt = (): number =>
    Math.min(
      until,
      session.refreshAt,
      isLow() ? loader.nextAt : Infinity,
      queue.underWay < session.room ? queue.freeAt : Infinity,
    );

  signal.addEventListener('abort', bell.ring);
  try {
    await session.refresh();
    while (mayGoOn()) {
      refill();
      takeUp();
      const isIdle = queue.waiting + queue.underWay === 0 && !isLoading;
      if (isIdle && Date.now() - lastWorkAt >= lingerMs()) break;
      await bell.rungOrAt(isLoading ? until : nextLookAt());
    }
    // It may claim the endpoint, which is to be released behind it.
    await loading;
    // Those that end later are stored all the same.
    await Promise.race([sender.idle(), aborted(signal).then(grace)]);
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

/** It keeps no process from ending. */
const grace = (): Promise<void> => delay(GRACE_MS, undefined, { ref: false });

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
