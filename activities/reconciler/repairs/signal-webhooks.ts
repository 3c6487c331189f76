import { markUpTo } from '../../../db/webhooks/mark-signalled.ts';
import {
  MOST_TO_SIGNAL,
  webhooksToSignal,
  type WebhookSignal,
} from '../../../db/webhooks/webhooks-to-signal.ts';
import type { ActivityDeps } from '../../deps.ts';
import type { Repair } from './repair.ts';

/**
 * Webhooks that wait, and of which the account's workflow was never told, or to no effect. After an outage
 * of Temporal there may be many: it goes on for as long as it gets through to all and has time.
 */
export const signalWebhooks: Repair = async (deps, round) => {
  let told = 0;
  for (;;) {
    const waiting = await webhooksToSignal(deps.db);
    const done = await round.each(waiting, (signal) => tell(deps, signal));
    told += done;
    if (waiting.length < MOST_TO_SIGNAL || done < waiting.length) return told;
  }
};

async function tell(
  { db, accountWorkflows }: ActivityDeps,
  { account, products, lastWebhookId }: WebhookSignal,
): Promise<void> {
  const waiting = { accountId: account.id, products, lastWebhookId };
  try {
    await accountWorkflows.webhooksStored(account.id, products, () => Promise.resolve(account));
  } catch (error) {
    await markUpTo(db, waiting, 'tried');
    throw error;
  }
  await markUpTo(db, waiting, 'told');
}
