import { restoreConsent } from '../db/restore-consent.ts';
import type { ApiDeps } from './deps.ts';

/**
 * Notes that a connection can be read again and tells its accounts; where Temporal is away the
 * reconciler does.
 */
export async function restoreConnection(
  { db, accountWorkflows, logger }: ApiDeps,
  connectionId: string,
  reason: 'reauth_required' | 'provider_error',
): Promise<void> {
  const accounts = await restoreConsent(db, connectionId);
  await Promise.all(
    accounts.map(async (account) => {
      try {
        await accountWorkflows.clearPause(account, reason);
      } catch (err) {
        logger.warn({ err, accountId: account.id }, 'resuming left to the reconciler');
      }
    }),
  );
}
