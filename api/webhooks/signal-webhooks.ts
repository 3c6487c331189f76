import { accountsToRun } from '../../db/accounts/account-to-run.ts';
import type { Database } from '../../db/connect.ts';
import { markSignalled } from '../../db/webhooks/mark-signalled.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';
import type { SendSignal } from './signal-dispatcher.ts';

/**
 * Tells an account's workflow that webhooks wait, starting it where it is missing, and notes that
 * it was told.
 */
export function signalWebhooks(db: Database, accountWorkflows: AccountWorkflows): SendSignal {
  return async (accountId, products, webhookIds) => {
    const find = () =>
      accountsToRun(db)
        .where('accounts.id', '=', accountId)
        .where('accounts.unlinked_at', 'is', null)
        .executeTakeFirst();
    await accountWorkflows.webhooksStored(accountId, products, find);
    await markSignalled(db, { accountId, webhookIds });
  };
}
