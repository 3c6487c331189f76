import { accountsAreUnknown } from '../db/accounts-are-unknown.ts';
import { linkedAccountsOf } from '../db/accounts-of-connection.ts';
import { restoreConsent } from '../db/restore-consent.ts';
import type { ApiDeps } from './deps.ts';
import { doConnectionWork } from './do-connection-work.ts';
import { linkedConnection } from './find-connection.ts';

/**
 * Notes that the customer has logged in again and tells the accounts; where Temporal is away the
 * reconciler does. A connection that had asked for it before its accounts were known goes on to look for
 * them.
 */
export async function restoreConnection(deps: ApiDeps, connectionId: string): Promise<void> {
  const { db, accountWorkflows, logger } = deps;
  const { provider } = await linkedConnection(db, connectionId);
  await restoreConsent(db, connectionId);
  const accounts = await linkedAccountsOf(db, connectionId);
  await Promise.all(
    accounts.map(async (account) => {
      try {
        await accountWorkflows.connectionChanged(account);
      } catch (err) {
        logger.warn({ err, accountId: account.id }, 'resuming left to the reconciler');
      }
    }),
  );
  if (await accountsAreUnknown(db, connectionId)) {
    await doConnectionWork(deps, 'link', { id: connectionId, provider });
  }
}
