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

/**
 * A first scan may be long; any other sync gives up soon, so that an outage shows as the account's
 * state.
 */
function syncActivities(full: boolean, summary: string): Activities {
  return proxyActivities<Activities>({
    startToCloseTimeout: full ? '30m' : '5m',
    scheduleToCloseTimeout: full ? '2h' : '10m',
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { ...retry, maximumAttempts: 5 },
    summary,
  });
}

/** The activity that syncs `product`. `summary` is shown in the Temporal UI. */
export function syncActivity(
  product: Product,
  full: boolean,
  summary: string,
): Activities['syncBalance'] {
  const activities = syncActivities(full, summary);
  return product === 'balance' ? activities.syncBalance : activities.syncTransactions;
}
