import { accountsToStopOf } from '../db/accounts-of-connection.ts';
import { confirmStopped } from '../db/confirm-stopped.ts';
import type { CallContext } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';

/** Has the workflows of an unlinked connection end: its accounts', and one that looks for more. */
export async function stopAccounts(
  { db, accountWorkflows, connectionWorkflows }: ActivityDeps,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<void> {
  await connectionWorkflows.wake('link', connectionId);
  for (const { id } of await accountsToStopOf(db, connectionId)) {
    signal.throwIfAborted();
    heartbeat();
    await accountWorkflows.unlinked(id);
    await confirmStopped(db, id);
  }
}
