import { markSignalFailed, markSignalled } from '../../../db/webhooks/mark-signalled.ts';
import { webhooksToSignal } from '../../../db/webhooks/webhooks-to-signal.ts';
import type { Repair } from './repair.ts';

/** Webhooks that wait, and of which the account's workflow was never told, or to no effect. */
export const signalWebhooks: Repair = async ({ db, accountWorkflows }, round) =>
  round.each(await webhooksToSignal(db), async ({ account, products, webhookIds }) => {
    const signal = { accountId: account.id, webhookIds };
    try {
      await accountWorkflows.webhooksStored(account.id, products, async () => account);
    } catch (error) {
      await markSignalFailed(db, signal);
      throw error;
    }
    await markSignalled(db, signal);
  });
