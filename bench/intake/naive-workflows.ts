import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

export const NAIVE_QUEUE = 'naive';

/** One workflow for each log-in at a bank, which is one account here; a webhook names it itself. */
export const naiveId = (login: { customerId: string; bankId: string }): string =>
  `naive:${login.customerId}:${login.bankId}`;

export const webhookCame = defineSignal<[string]>('webhookCame');

export interface NaiveActivities {
  applyWebhook(webhookId: string): Promise<void>;
}

/** Applies each webhook that it is told of, in their order, by an activity of its own. */
export async function applyWebhooks(carried: readonly string[] = []): Promise<void> {
  // Milliseconds each. On a busy machine Temporal now and then hands one out that never arrives; a
  // process that falls silent is given so long by Freshet too.
  const { applyWebhook } = proxyActivities<NaiveActivities>({ startToCloseTimeout: '10s' });
  const waiting = [...carried];
  setHandler(webhookCame, (id) => void waiting.push(id));
  while (!workflowInfo().continueAsNewSuggested) {
    await condition(() => waiting.length > 0);
    const id = waiting.shift();
    if (id !== undefined) await applyWebhook(id);
  }
  await continueAsNew<typeof applyWebhooks>(waiting);
}
