import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DeliveryActivities, DeliveryRound } from '../activities/deliveries/contract.ts';
import { deliveryTaskQueue } from '../config/task-queue.ts';
import type { EndpointDeliveryInput } from './delivery-messages.ts';

/** Which endpoints go first: Temporal takes the lowest number. */
const PRIORITY = { healthy: 1, failing: 5 } as const;

/**
 * Kept up until it succeeds: what a receiver answers is no failure of it. Where workers have too little room, those
 * endpoints go first that have not been failing.
 */
export const deliverDue = (
  input: EndpointDeliveryInput,
  isFailing: boolean,
): Promise<DeliveryRound> =>
  proxyActivities<DeliveryActivities>({
    taskQueue: deliveryTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '5m',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
    priority: { priorityKey: isFailing ? PRIORITY.failing : PRIORITY.healthy },
    summary: 'what is due',
  }).deliverDue(input);
