import { markSignalled, webhooksToSignal } from '../../db/webhooks-to-signal.ts';
import type { Repair } from './repair.ts';

/** Webhooks that wait, and of which the account's workflow was never told, or to no effect. */
export const signalWebhooks: Repair = async ({ db, accountWorkflows }, round) =>
  round.each(await webhooksToSignal(db), async (waiting) => {
    await accountWorkflows.webhookStored(waiting.account, waiting.product);
    await markSignalled(db, waiting);
  });
