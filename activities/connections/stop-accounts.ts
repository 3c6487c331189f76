import { accountsToStopOf } from '../../db/accounts/accounts-of-connection.ts';
import { findCredentials } from '../../db/connections/find-credentials.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';
import { stopAccount } from './stop-account.ts';

/**
 * Has the workflows of an unlinked connection end: its accounts', and one that looks for more. Answers
 * whether its consent is then to be withdrawn at the provider: it is not, where the unlink is forced.
 */
export async function stopAccounts(
  { db, accountWorkflows, connectionWorkflows }: ActivityDeps,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<boolean> {
  await connectionWorkflows.wake('link', connectionId);
  for (const { id } of await accountsToStopOf(db, connectionId)) {
    signal.throwIfAborted();
    heartbeat();
    await stopAccount(db, accountWorkflows, id);
  }
  const consent = await findCredentials(db, connectionId);
  return consent?.status === 'unlinking' && !consent.unlink_forced;
}
