import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../config/logger.ts';
import type { AccountToRun } from '../../db/accounts/account-to-run.ts';
import type { EffectProduct } from '../../db/schema.ts';

export interface SignalToSend {
  readonly accountId: string;
  readonly product: EffectProduct;
  readonly webhookId: string;
  /** As it was a moment ago. */
  readonly account?: AccountToRun | undefined;
}

/** Tells workflows of stored webhooks, behind the back of the request. */
export interface SignalDispatcher {
  /** Never throws and never waits. What cannot be told in time is left to the reconciler. */
  dispatch(signals: readonly SignalToSend[]): void;
  /**
   * Stops taking signals, and resolves when those on their way have arrived, or after `graceMs`.
   */
  close(graceMs: number): Promise<void>;
}

interface Lane {
  readonly accountId: string;
  readonly product: EffectProduct;
  waiting: string[];
  /** As it was when the newest of them came. */
  account: AccountToRun | undefined;
}

type Send = (
  accountId: string,
  product: EffectProduct,
  webhookIds: readonly string[],
  known?: AccountToRun,
) => Promise<void>;

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
/**
 * Beyond this, accounts that wait for Temporal are left to the reconciler: memory stays bounded in
 * an outage.
 */
const MOST_LANES = 10_000;
const MOST_AT_A_TIME = 50;

/**
 * For each account and product at most one signal is on its way and one waits, however many
 * webhooks arrive: the workflow takes all that are stored.
 * @param send tells the workflow, then notes in Postgres that it was told.
 */
export function createSignalDispatcher(send: Send, logger: Logger): SignalDispatcher {
  const lanes = new Map<string, Lane>();
  const ready: Lane[] = [];
  const closing = new AbortController();
  let running = 0;
  let idle: PromiseWithResolvers<void> | null = null;

  function pump(): void {
    while (running < MOST_AT_A_TIME) {
      const lane = ready.shift();
      if (!lane) break;
      running += 1;
      void run(lane).finally(() => {
        running -= 1;
        if (lanes.size === 0) idle?.resolve();
        pump();
      });
    }
  }

  async function run(lane: Lane): Promise<void> {
    const key = keyOf(lane);
    const webhookIds = lane.waiting;
    // Good for the first try: by the next one, or the next turn, it may have changed.
    let known = lane.account;
    lane.waiting = [];
    lane.account = undefined;
    for (const wait of [...RETRY_MS, null]) {
      try {
        await send(lane.accountId, lane.product, webhookIds, known);
        break;
      } catch (err) {
        known = undefined;
        const { accountId, product } = lane;
        if (wait === null || closing.signal.aborted) {
          logger.warn({ err, accountId, product }, 'webhook not signalled: left to the reconciler');
          lane.waiting = [];
          break;
        }
        await delay(wait, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
    if (lane.waiting.length > 0) ready.push(lane);
    else lanes.delete(key);
  }

  return {
    dispatch(signals) {
      if (closing.signal.aborted) return;
      for (const { accountId, product, webhookId, account } of signals) {
        const key = keyOf({ accountId, product });
        const lane = lanes.get(key);
        if (lane) lane.waiting.push(webhookId);
        else if (lanes.size < MOST_LANES) {
          const opened = { accountId, product, waiting: [webhookId], account };
          lanes.set(key, opened);
          ready.push(opened);
        }
      }
      pump();
    },
    async close(graceMs) {
      closing.abort();
      if (lanes.size === 0) return;
      idle = Promise.withResolvers<void>();
      await Promise.race([idle.promise, delay(graceMs, undefined, { ref: false })]);
    },
  };
}

const keyOf = ({ accountId, product }: { accountId: string; product: EffectProduct }): string =>
  `${accountId} ${product}`;
