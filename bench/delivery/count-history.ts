import type { Client } from '@temporalio/client';

/** Events in the histories of all runs of the workflows that deliver. */
export async function countHistory(client: Client): Promise<number> {
  let events = 0;
  for await (const run of client.workflow.list({ query: "WorkflowType = 'endpointDelivery'" })) {
    events += run.historyLength;
  }
  return events;
}
