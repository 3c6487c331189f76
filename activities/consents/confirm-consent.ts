import { confirmConsent as commitConfirmed } from '../../db/consents/confirm-consent.ts';
import { findAccountForSync } from '../../db/accounts/find-account-for-sync.ts';
import type { ConsentFound } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { tellSiblings } from './tell-siblings.ts';

/** An account of a connection that had ended could be read again: the connection stands. */
export async function confirmConsent(
  deps: ActivityDeps,
  { accountId, consentVersion }: { readonly accountId: string; readonly consentVersion: number },
): Promise<ConsentFound> {
  const account = await findAccountForSync(deps.db, accountId);
  if (!account || account.unlinked) return { status: 'unlinked', version: consentVersion };
  const { connectionId } = account;
  const { consent, isNew } = await commitConfirmed(deps.db, connectionId, consentVersion);
  if (isNew) await tellSiblings(deps, connectionId, accountId);
  return consent;
}
