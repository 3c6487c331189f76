import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { runChain, type RecordedRun } from '../../test/support/run-chain.ts';
import { eachAtOnce } from '../support/each-at-once.ts';

export interface HistoryCounts {
  readonly signals: number;
  /** Those that have succeeded. */
  readonly activities: number;
}

const AT_ONCE = 8;

/** Of all runs of these workflows; none of one that has not been started. */
export async function countHistories(
  client: Client,
  workflowIds: readonly string[],
): Promise<HistoryCounts> {
  let [signals, activities] = [0, 0];
  await eachAtOnce(workflowIds, AT_ONCE, async (workflowId) => {
    for (const { history } of await runsOf(client, workflowId)) {
      for (const event of history.events ?? []) {
        if (event.workflowExecutionSignaledEventAttributes) signals += 1;
        if (event.activityTaskCompletedEventAttributes) activities += 1;
      }
    }
  });
  return { signals, activities };
}

async function runsOf(client: Client, workflowId: string): Promise<RecordedRun[]> {
  try {
    return await runChain(client, workflowId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
