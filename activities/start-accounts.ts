import { linkedAccountsOf } from '../db/accounts-of-connection.ts';
import type { CallContext } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Sees to it that each linked account of a connection has its workflow, and that those which pause, or
 * run though the consent has ended, look how it stands.
 */
export async function startAccounts(
  { db, accountWorkflows }: Pick<ActivityDeps, 'db' | 'accountWorkflows'>,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<void> {
  for (const account of await linkedAccountsOf(db, connectionId)) {
    signal.throwIfAborted();
    heartbeat();
    await accountWorkflows.start(account);
    if (account.pause_reason !== null || account.connection_status !== 'active') {
      await accountWorkflows.connectionChanged(account);
    }
  }
}
