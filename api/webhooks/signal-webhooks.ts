import { accountsToRun } from '../../db/account-to-run.ts';
import type { Database } from '../../db/connect.ts';
import type { EffectProduct } from '../../db/schema.ts';
import { markSignalled } from '../../db/webhooks-to-signal.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';

/**
 * Tells an account's workflow that webhooks wait, starting it where it is missing, and notes that
 * it was told.
 */
export function signalWebhooks(db: Database, accountWorkflows: AccountWorkflows) {
  return async (
    accountId: string,
    product: EffectProduct,
    webhookIds: readonly string[],
  ): Promise<void> => {
    const account = await accountsToRun(db)
      .where('accounts.id', '=', accountId)
      .where('accounts.unlinked_at', 'is', null)
      .executeTakeFirst();
    if (!account) return;
    await accountWorkflows.webhookStored(account, product);
    await markSignalled(db, { account, product, webhookIds });
  };
}
