import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

export interface RecordedRun {
  readonly runId: string;
  readonly history: History;
}

/**
 * The runs of a workflow from the first on, each continued as new by the next: all, or the first `most`, where it
 * might go on faster than it is read.
 */
export async function runChain(
  client: Client,
  workflowId: string,
  most = Infinity,
): Promise<RecordedRun[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const runs: RecordedRun[] = [];
  let runId = raw.workflowExecutionInfo?.firstRunId;
  while (runId && runs.length < most) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({ runId, history });
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}
