import { accountsToRun, type AccountToRun } from '../../db/accounts/account-to-run.ts';
import type { Database } from '../../db/connect.ts';
import { markSignalled } from '../../db/webhooks/mark-signalled.ts';
import type { EffectProduct } from '../../db/schema.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';

/**
 * Tells an account's workflow that webhooks wait, starting it where it is missing, and notes that
 * it was told. `known` saves a look at the account that has only just been read.
 */
export function signalWebhooks(db: Database, accountWorkflows: AccountWorkflows) {
  return async (
    accountId: string,
    product: EffectProduct,
    webhookIds: readonly string[],
    known?: AccountToRun,
  ): Promise<void> => {
    const account = known ?? (await findAccount(db, accountId));
    if (!account) return;
    await accountWorkflows.webhookStored(account, product);
    await markSignalled(db, { account, product, webhookIds });
  };
}

async function findAccount(db: Database, accountId: string): Promise<AccountToRun | undefined> {
  return await accountsToRun(db)
    .where('accounts.id', '=', accountId)
    .where('accounts.unlinked_at', 'is', null)
    .executeTakeFirst();
}
