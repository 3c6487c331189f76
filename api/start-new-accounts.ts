import { listAccountsOf } from '../db/accounts/list-accounts.ts';
import type { ApiDeps } from './deps.ts';

/**
 * Starts the workflows of those accounts of a connection that have never had one; where Temporal is away
 * the reconciler does.
 */
export async function startNewAccounts(
  { db, accountWorkflows, logger }: Pick<ApiDeps, 'db' | 'accountWorkflows' | 'logger'>,
  connectionId: string,
): Promise<void> {
  const accounts = await listAccountsOf(db, connectionId);
  const waiting = accounts.filter((account) => account.confirmed_settings_version === 0);
  const told = await Promise.allSettled(waiting.map((account) => accountWorkflows.start(account)));
  const failed = told.filter(({ status }) => status === 'rejected').length;
  if (failed > 0) logger.warn({ connectionId, failed }, 'workflows left to the reconciler');
}
