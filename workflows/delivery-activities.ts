import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DeliveryActivities } from '../activities/deliveries/contract.ts';
import { deliveryTaskQueue } from '../config/task-queue.ts';

/** Kept up until it succeeds: what a receiver answers is no failure of it. */
export const deliverDue: DeliveryActivities['deliverDue'] = (input) =>
  proxyActivities<DeliveryActivities>({
    taskQueue: deliveryTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '5m',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
    summary: 'what is due',
  }).deliverDue(input);
