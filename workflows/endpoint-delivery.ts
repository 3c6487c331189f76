import { continueAsNew, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { conditionOrTime } from './condition-or-time.ts';
import { deliverDue } from './delivery-activities.ts';
import { deliveriesDue, type EndpointDeliveryInput } from './delivery-messages.ts';

/** Rounds in one run: its history stays short. */
const MOST_ROUNDS = 200;

const isFull = (): boolean => workflowInfo().continueAsNewSuggested;

/**
 * Delivers what is due at one webhook endpoint, until nothing waits for it any more: then it ends, and an
 * idle endpoint costs nothing. What is due stands in Postgres; the activity delivers it in rounds, as
 * one that delivered a single event would cost more history than the event is worth.
 */
export async function endpointDelivery(input: EndpointDeliveryInput): Promise<void> {
  let isAsked = false;
  let isFailing = false;
  setHandler(deliveriesDue, () => {
    isAsked = true;
  });
  for (let round = 0; round < MOST_ROUNDS && !isFull(); round += 1) {
    isAsked = false;
    setCurrentDetails('Delivers what is due.');
    const { waitMs, ...found } = await deliverDue(input, isFailing);
    isFailing = found.isFailing;
    if (waitMs === null && !isAsked) return;
    if (waitMs !== null && waitMs > 0) {
      const due = new Date(Date.now() + waitMs).toISOString();
      setCurrentDetails(`Waits until ${due}, when the next attempt is due.`);
      await conditionOrTime(() => isAsked, waitMs, 'until the next attempt');
    }
  }
  await continueAsNew<typeof endpointDelivery>(input);
}
