import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';

const SCHEDULE_ID = 'freshet-reconcile';

export interface ReconcileScheduleOptions {
  readonly taskQueue: string;
  readonly everySeconds: number;
}

/**
 * Creates the schedule by which the reconciler runs every `everySeconds`, unless it exists; answers
 * whether it was missing. Rounds do not overlap, and those missed in a downtime are not made up for:
 * one repairs everything.
 */
export async function createReconcileSchedule(
  client: Client,
  options: ReconcileScheduleOptions,
): Promise<boolean> {
  try {
    await client.schedule.create({ scheduleId: SCHEDULE_ID, ...scheduleOf(options) });
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

/** As `createReconcileSchedule`, and has one that exists follow these options. */
export async function ensureReconcileSchedule(
  client: Client,
  options: ReconcileScheduleOptions,
): Promise<void> {
  if (await createReconcileSchedule(client, options)) return;
  await client.schedule
    .getHandle(SCHEDULE_ID)
    .update((current) => ({ ...scheduleOf(options), state: current.state }));
}

function scheduleOf({ taskQueue, everySeconds }: ReconcileScheduleOptions) {
  return {
    spec: { intervals: [{ every: everySeconds * 1_000 }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'reconcile',
      workflowId: 'reconcile',
      taskQueue,
      // Two attempts of the longest round.
      workflowExecutionTimeout: '25m' as const,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' as const },
  };
}
