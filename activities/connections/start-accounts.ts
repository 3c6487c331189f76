import { linkedAccountsOf } from '../../db/accounts/accounts-of-connection.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';
import { startAccount } from './start-account.ts';

/**
 * Sees to it that each linked account of a connection has its workflow, and that those which ran before
 * look how the consent stands where something was learnt of it.
 */
export async function startAccounts(
  { db, accountWorkflows }: Pick<ActivityDeps, 'db' | 'accountWorkflows'>,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<void> {
  for (const account of await linkedAccountsOf(db, connectionId)) {
    signal.throwIfAborted();
    heartbeat();
    await startAccount(accountWorkflows, account);
  }
}
