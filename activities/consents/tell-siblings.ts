import { accountsToRun } from '../../db/accounts/account-to-run.ts';
import type { ActivityDeps } from '../deps.ts';

/**
 * Has the other accounts of a connection read how its consent stands. Where it fails the reconciler
 * tells them.
 */
export async function tellSiblings(
  { db, accountWorkflows, logger }: ActivityDeps,
  connectionId: string,
  accountId: string,
): Promise<void> {
  const siblings = await accountsToRun(db)
    .where('accounts.connection_id', '=', connectionId)
    .where('accounts.unlinked_at', 'is', null)
    .where('accounts.id', '!=', accountId)
    .execute();
  for (const account of siblings) {
    try {
      await accountWorkflows.connectionChanged(account);
    } catch (err) {
      logger.warn({ err, accountId: account.id }, 'consent left to the reconciler');
      return;
    }
  }
}
