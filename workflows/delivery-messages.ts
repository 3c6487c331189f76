import { defineSignal } from '@temporalio/workflow';

/*
 * The contract between the workflow that delivers to a webhook endpoint and all who start it. As in
 * messages.ts: ids, counts and times only.
 */

export const ENDPOINT_DELIVERY = 'endpointDelivery';

export const endpointDeliveryId = (endpointId: string): string => `endpoint-delivery:${endpointId}`;

export interface EndpointDeliveryInput {
  readonly endpointId: string;
}

/** There may be something to deliver, now. */
export const deliveriesDue = defineSignal('deliveriesDue');
