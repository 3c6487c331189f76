import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ConnectionActivities } from '../activities/connections/contract.ts';
import { providerTaskQueue } from '../config/task-queue.ts';
import { PRIORITY } from './activities.ts';
import type { ConnectionInput } from './connection-messages.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' } as const;

/**
 * They need Postgres and Temporal only. Kept up until they succeed.
 * @param summary shown in the Temporal UI.
 */
const ownActivities = (
  summary: string,
): Omit<ConnectionActivities, 'discoverAccounts' | 'withdrawConsent'> =>
  proxyActivities<ConnectionActivities>({
    startToCloseTimeout: '6h',
    heartbeatTimeout: '10s',
    retry: { ...retry, maximumInterval: '1m' },
    summary,
  });

export const { startAccounts } = ownActivities('starts the workflows of the accounts');
export const { stopAccounts } = ownActivities('ends the workflows of the accounts');
export const { completeUnlink } = ownActivities('forgets the credentials');
export const { eraseData } = ownActivities('erases the data');

/**
 * Those that call the provider, on its own queue. Kept up for as long as it takes: what they wait for
 * shows in the Temporal UI and as the connection's `status_code`, and whoever does not want to wait
 * signals the workflow.
 */
export function providerActivities(
  { provider, isCheck }: ConnectionInput,
  summary: string,
): Pick<ConnectionActivities, 'discoverAccounts' | 'withdrawConsent'> {
  return proxyActivities<ConnectionActivities>({
    taskQueue: providerTaskQueue(workflowInfo().taskQueue, provider),
    startToCloseTimeout: '5m',
    heartbeatTimeout: '10s',
    retry,
    // An attempt that hangs is not waited for: it can do no harm.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    priority: { priorityKey: isCheck ? PRIORITY.scheduled : PRIORITY.asked },
    summary,
  });
}
