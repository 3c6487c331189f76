import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';

const SCHEDULE_ID = 'freshet-reconcile';

/**
 * Makes sure that the reconciler runs every `everySeconds`. Rounds do not overlap, and those missed
 * in a downtime are not made up for: one repairs everything.
 */
export async function ensureReconcileSchedule(
  client: Client,
  options: { readonly taskQueue: string; readonly everySeconds: number },
): Promise<void> {
  const schedule = {
    spec: { intervals: [{ every: options.everySeconds * 1_000 }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'reconcile',
      workflowId: 'reconcile',
      taskQueue: options.taskQueue,
      workflowExecutionTimeout: '10m',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
  };
  try {
    await client.schedule.create({ scheduleId: SCHEDULE_ID, ...schedule });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(SCHEDULE_ID)
      .update((current) => ({ ...schedule, state: current.state }));
  }
}
