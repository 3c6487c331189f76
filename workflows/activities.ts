import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';
import type { Product } from '../config/product.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/**
 * An activity's process that falls silent for this long is taken for dead, and the attempt begins
 * again elsewhere.
 */
const HEARTBEAT_TIMEOUT = '10s';

/** Short and safe to repeat: kept up until it succeeds, as it only needs Postgres. */
export const { applyConnectionWebhooks, recordAccountState, recordSyncFailure } =
  proxyActivities<Activities>({ startToCloseTimeout: '10s', retry });

export const { reconcile } = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { ...retry, maximumAttempts: 3 },
});

const LONGEST_SYNC_MS = 10 * 60_000;
const SHORTEST_SYNC_MS = 60_000;

export interface SyncOptions {
  readonly full: boolean;
  readonly intervalMs: number | null;
  /** Shown in the Temporal UI. */
  readonly summary: string;
}

/**
 * The activity that syncs `product`. A first scan may be long; any other sync gives up within its
 * interval, so that an outage shows as the account's state.
 */
export function syncActivity(product: Product, options: SyncOptions): Activities['syncBalance'] {
  const { full, intervalMs, summary } = options;
  const limit = Math.min(
    Math.max(intervalMs ?? LONGEST_SYNC_MS, SHORTEST_SYNC_MS),
    LONGEST_SYNC_MS,
  );
  const activities = proxyActivities<Activities>({
    startToCloseTimeout: full ? '30m' : limit,
    scheduleToCloseTimeout: full ? '2h' : limit,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { ...retry, maximumAttempts: 5 },
    summary,
  });
  return product === 'balance' ? activities.syncBalance : activities.syncTransactions;
}
