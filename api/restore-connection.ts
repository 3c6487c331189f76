import { restoreConsent } from '../db/restore-consent.ts';
import type { ApiDeps } from './deps.ts';

/**
 * Notes that the customer has logged in again and tells the accounts; where Temporal is away the
 * reconciler does.
 */
export async function restoreConnection(
  { db, accountWorkflows, logger }: ApiDeps,
  connectionId: string,
): Promise<void> {
  const accounts = await restoreConsent(db, connectionId, 'reauth_required');
  await Promise.all(
    accounts.map(async (account) => {
      try {
        await accountWorkflows.connectionChanged(account);
      } catch (err) {
        logger.warn({ err, accountId: account.id }, 'resuming left to the reconciler');
      }
    }),
  );
}
