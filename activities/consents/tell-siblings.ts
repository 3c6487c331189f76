import { linkedAccountsOf } from '../../db/accounts/accounts-of-connection.ts';
import { tellOfConsent } from '../../temporal/tell-of-consent.ts';
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
  const accounts = await linkedAccountsOf(db, connectionId);
  const siblings = accounts.filter(({ id }) => id !== accountId);
  const failed = await tellOfConsent(accountWorkflows, siblings);
  if (failed > 0) logger.warn({ connectionId, failed }, 'consent left to the reconciler');
}
