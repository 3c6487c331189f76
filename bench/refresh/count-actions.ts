import type { History } from '@temporalio/common/lib/proto-utils.js';

export type HistoryEvent = NonNullable<History['events']>[number];

/** Whether it begins a refresh of both products. */
export const isRefresh = (event: HistoryEvent): boolean =>
  event.activityTaskScheduledEventAttributes?.activityType?.name === 'syncAccount';

/**
 * How many actions Temporal Cloud would bill for a history, estimated by its published list
 * (docs.temporal.io/cloud/actions): a started run, continued ones too, a started timer, a scheduled
 * activity and each retry of it, a signal, an update, an upsert of search attributes. What leaves no
 * event is not in it: queries, and heartbeats, of which an activity under eight seconds sends one at
 * most.
 */
export function countActions(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, event) => sum + actionsOf(event), 0);
}

const BILLED = [
  'workflowExecutionStartedEventAttributes',
  'timerStartedEventAttributes',
  'activityTaskScheduledEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
  'upsertWorkflowSearchAttributesEventAttributes',
] as const;

function actionsOf(event: HistoryEvent): number {
  const retries = event.activityTaskStartedEventAttributes?.attempt ?? 1;
  return BILLED.filter((name) => event[name]).length + retries - 1;
}
