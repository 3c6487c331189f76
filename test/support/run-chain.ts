import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

export interface RecordedRun {
  readonly runId: string;
  readonly history: History;
}

/** Every run of a workflow, from the first to the newest, each continued as new by the next. */
export async function runChain(client: Client, workflowId: string): Promise<RecordedRun[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const runs: RecordedRun[] = [];
  let runId = raw.workflowExecutionInfo?.firstRunId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({ runId, history });
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}
