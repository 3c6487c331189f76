import { findAccountForSync } from '../db/find-account-for-sync.ts';
import { restoreConsent } from '../db/restore-consent.ts';
import type { ActivityDeps } from './deps.ts';
import { tellSiblings } from './tell-siblings.ts';

/** An account of a connection that had ended could be read again: the connection stands. */
export async function confirmConsent(deps: ActivityDeps, accountId: string): Promise<void> {
  const account = await findAccountForSync(deps.db, accountId);
  if (!account || account.unlinked) return;
  await restoreConsent(deps.db, account.connectionId, 'gone');
  await tellSiblings(deps, account.connectionId, accountId);
}
