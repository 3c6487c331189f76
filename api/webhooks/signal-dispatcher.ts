import type { EffectProduct } from '../../db/schema.ts';
import type { SignalOutcome } from '../metrics/intake-metrics.ts';

export interface SignalToSend {
  readonly accountId: string;
  readonly product: EffectProduct;
  readonly webhookId: string;
}

/** Tells workflows of stored webhooks, behind the back of the request. */
export interface SignalDispatcher {
  /** Never throws and never waits. What cannot be told in time is left to the reconciler. */
  dispatch(signals: readonly SignalToSend[]): void;
  /**
   * Sends at once what waits, and resolves when it has arrived, or after `graceMs`. Takes no more.
   */
  close(graceMs: number): Promise<void>;
}

/** Tells the account's workflow, then notes in Postgres that it was told. */
export type SendSignal = (
  accountId: string,
  products: readonly EffectProduct[],
  webhookIds: readonly string[],
) => Promise<void>;

export interface SignalHooks {
  readonly count: (outcome: SignalOutcome) => void;
  /** An account could not be told: that is left to the reconciler. */
  readonly onLeft: (err: unknown) => void;
}

/** An account that was told of webhooks a moment ago, or is to be. */
interface Lane {
  readonly accountId: string;
  products: Set<EffectProduct>;
  webhookIds: string[];
  /** When the first of them came; null when there is none. */
  since: number | null;
  failures: number;
  /** After a signal the next one is held back for so long. */
  restMs: number;
  /** Until it may be told again; undefined: it is being told, or waits for its turn. */
  rest: NodeJS.Timeout | undefined;
}

/** The first pause after a signal. It doubles with each signal that tells of several webhooks. */
const FIRST_REST_MS = 50;
const LONGEST_REST_MS = 2_000;
/** Where many accounts hear of webhooks, all together get fifty signals a second, as far as the longest pause goes. */
const REST_MS_FOR_EACH_LANE = 20;
const RETRY_MS = [500, 1_000, 2_000, 4_000];
/** What could not be told for so long is left to the reconciler, and so is what is more. */
const PATIENCE_MS = 20_000;
const MOST_LANES = 10_000;
/** Webhooks beyond these are told like the others, but not noted as told: the reconciler tells them again. */
const MOST_IDS = 100_000;
const AT_A_TIME = 20;
/** While Temporal does not answer. */
const PROBES = 2;

/**
 * For each account at most one signal is on its way and one waits, however many webhooks arrive: the
 * workflow takes all that are stored. The first is sent at once; as long as more follow, the pauses between
 * signals grow, so that a burst costs a few of them.
 */
export function createSignalDispatcher(
  send: SendSignal,
  { count, onLeft }: SignalHooks = { count: () => undefined, onLeft: () => undefined },
): SignalDispatcher {
  const lanes = new Map<string, Lane>();
  const ready: Lane[] = [];
  let ids = 0;
  let running = 0;
  let isFailing = false;
  let isClosing = false;
  const idle = Promise.withResolvers<void>();

  function open(accountId: string): Lane | undefined {
    const found = lanes.get(accountId);
    if (found || lanes.size >= MOST_LANES) return found;
    const lane: Lane = {
      accountId,
      products: new Set(),
      webhookIds: [],
      since: null,
      failures: 0,
      restMs: FIRST_REST_MS,
      rest: undefined,
    };
    lanes.set(accountId, lane);
    ready.push(lane);
    return lane;
  }

  function pump(): void {
    while (running < (isFailing ? PROBES : AT_A_TIME)) {
      const lane = ready.shift();
      if (!lane) break;
      running += 1;
      void tell(lane).finally(() => {
        running -= 1;
        pump();
      });
    }
    if (isClosing && lanes.size === 0) idle.resolve();
  }

  async function tell(lane: Lane): Promise<void> {
    const { accountId, products, webhookIds, since } = lane;
    lane.products = new Set();
    lane.webhookIds = [];
    lane.since = null;
    try {
      await send(accountId, [...products], webhookIds);
      isFailing = false;
      count('sent');
      lane.failures = 0;
      ids -= webhookIds.length;
      const pause = Math.max(lane.restMs, lanes.size * REST_MS_FOR_EACH_LANE);
      rest(lane, Math.min(pause, LONGEST_REST_MS));
      // A pause that has merged nothing was longer than it need be.
      lane.restMs = webhookIds.length > 1 ? 2 * lane.restMs : FIRST_REST_MS;
    } catch (err) {
      isFailing = true;
      count('failed');
      const pause = RETRY_MS[lane.failures];
      lane.failures += 1;
      if (isClosing || pause === undefined || Date.now() - (since ?? 0) > PATIENCE_MS) {
        count('left');
        onLeft(err);
        ids -= webhookIds.length + lane.webhookIds.length;
        lanes.delete(accountId);
        return;
      }
      for (const product of products) lane.products.add(product);
      lane.webhookIds.unshift(...webhookIds);
      lane.since = since;
      rest(lane, pause);
    }
  }

  function rest(lane: Lane, ms: number): void {
    if (isClosing) resume(lane);
    else lane.rest = setTimeout(resume, ms, lane).unref();
  }

  function resume(lane: Lane): void {
    clearTimeout(lane.rest);
    lane.rest = undefined;
    if (lane.since === null) lanes.delete(lane.accountId);
    else ready.push(lane);
    pump();
  }

  return {
    dispatch(signals) {
      if (isClosing) {
        count('left');
        return;
      }
      for (const { accountId, product, webhookId } of signals) {
        const lane = open(accountId);
        if (!lane) {
          count('left');
          continue;
        }
        lane.products.add(product);
        lane.since ??= Date.now();
        if (ids < MOST_IDS) {
          lane.webhookIds.push(webhookId);
          ids += 1;
        }
      }
      pump();
    },
    async close(graceMs) {
      isClosing = true;
      for (const lane of lanes.values()) if (lane.rest) resume(lane);
      pump();
      const timer = setTimeout(idle.resolve, graceMs);
      await idle.promise;
      clearTimeout(timer);
    },
  };
}
