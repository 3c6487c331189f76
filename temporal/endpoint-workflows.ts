import type { Client } from '@temporalio/client';
import type { endpointDelivery } from '../workflows/endpoint-delivery.ts';
import * as messages from '../workflows/delivery-messages.ts';
import { DEADLINE_MS } from './deadline.ts';

/** How workers reach the workflows that deliver to webhook endpoints. */
export interface EndpointWorkflows {
  /**
   * Has the workflow look for what is due, and starts it where it does not run. Rejects when Temporal does
   * not answer in time.
   */
  wake(endpointId: string): Promise<void>;
}

export function createEndpointWorkflows(
  client: Client,
  { taskQueue }: { readonly taskQueue: string },
): EndpointWorkflows {
  return {
    async wake(endpointId) {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.signalWithStart<typeof endpointDelivery>(messages.ENDPOINT_DELIVERY, {
          workflowId: messages.endpointDeliveryId(endpointId),
          taskQueue,
          args: [{ endpointId }],
          signal: messages.deliveriesDue,
          signalArgs: [],
        }),
      );
    },
  };
}
