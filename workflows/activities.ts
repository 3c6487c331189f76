import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';
import { providerTaskQueue } from '../config/task-queue.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/**
 * An activity's process that falls silent for this long is taken for dead, and the attempt begins
 * again elsewhere.
 */
const HEARTBEAT_TIMEOUT = '10s';

/**
 * Short and safe to repeat: kept up until it succeeds, as it only needs Postgres.
 * @param summary shown in the Temporal UI.
 */
const inPostgres = (
  summary: string,
): Pick<
  Activities,
  'confirmConsent' | 'readConsent' | 'recordAccountState' | 'recordSyncFailure'
> => proxyActivities<Activities>({ startToCloseTimeout: '10s', retry, summary });

export const { confirmConsent } = inPostgres('the consent stands again');

export const { readConsent } = inPostgres('how the consent stands');

export const recordAccountState: Activities['recordAccountState'] = (record) => {
  const { status, pauseReason, settingsVersion } = record;
  const state = pauseReason === null ? status : `${status} (${pauseReason})`;
  return inPostgres(`${state}, settings ${settingsVersion}`).recordAccountState(record);
};

export const recordSyncFailure: Activities['recordSyncFailure'] = (failure) =>
  inPostgres(`${failure.product}: ${failure.errorKind}`).recordSyncFailure(failure);

/** Longer than all repairs of a round take at the most: some twenty, of 20 seconds each. */
export const { reconcile } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { ...retry, maximumAttempts: 3 },
  summary: 'a round of repair',
});

const LONGEST_SYNC_MS = 10 * 60_000;
const SHORTEST_SYNC_MS = 60_000;
const LONGEST_READ_MS = 30 * 60_000;

/** Which of the syncs that wait for a provider goes first: Temporal takes the lowest number. */
export const PRIORITY = { asked: 1, scheduled: 3, firstScan: 5 } as const;

export interface SyncOptions {
  readonly provider: string;
  readonly intervalMs: number | null;
  /** It may read all that the bank has. */
  readonly mayBeLong: boolean;
  readonly attempts: number;
  readonly priority: (typeof PRIORITY)[keyof typeof PRIORITY];
  /** Shown in the Temporal UI. */
  readonly summary: string;
}

/**
 * The activities that sync, on their provider's own queue. An attempt that can be long has half an hour,
 * as a process that dies shows by its silence; any other ends within the interval. How long a sync waits in the queue is no failure of the provider:
 * nothing limits it, and data that gets old meanwhile is marked as stale.
 */
export function syncActivities(
  options: SyncOptions,
): Pick<Activities, 'syncBalance' | 'syncTransactions' | 'syncAccount'> {
  const { provider, intervalMs, mayBeLong, attempts, priority, summary } = options;
  const limit = Math.min(
    Math.max(intervalMs ?? LONGEST_SYNC_MS, SHORTEST_SYNC_MS),
    LONGEST_SYNC_MS,
  );
  return proxyActivities<Activities>({
    taskQueue: providerTaskQueue(workflowInfo().taskQueue, provider),
    startToCloseTimeout: mayBeLong ? LONGEST_READ_MS : limit,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { ...retry, maximumAttempts: attempts },
    priority: { priorityKey: priority },
    summary,
  });
}
