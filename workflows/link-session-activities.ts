import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LinkSessionActivities } from '../activities/link-sessions/contract.ts';
import { providerTaskQueue } from '../config/task-queue.ts';
import { PRIORITY } from './activities.ts';

/**
 * On the provider's own queue. Kept up until it succeeds: how long it makes sense, the activity knows. What
 * links give is good for some minutes, so it is tried often.
 * @param summary shown in the Temporal UI.
 */
export const linkSessionActivities = (provider: string, summary: string): LinkSessionActivities =>
  proxyActivities<LinkSessionActivities>({
    taskQueue: providerTaskQueue(workflowInfo().taskQueue, provider),
    // What was exchanged, and cannot be stored, is good for no other attempt.
    startToCloseTimeout: '1h',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
    priority: { priorityKey: PRIORITY.asked },
    summary,
  });
