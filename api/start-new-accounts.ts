import { listAccounts } from '../db/list-accounts.ts';
import type { ApiDeps } from './deps.ts';

/** More accounts than any one consent holds. */
const ALL = 1_000;

/**
 * Starts the workflows of those accounts of a connection that have never had one; where Temporal is away
 * the reconciler does.
 */
export async function startNewAccounts(
  { db, accountWorkflows, logger }: Pick<ApiDeps, 'db' | 'accountWorkflows' | 'logger'>,
  connectionId: string,
): Promise<void> {
  const accounts = await listAccounts(db, { connectionId, limit: ALL });
  const waiting = accounts.filter((account) => account.confirmed_settings_version === 0);
  const told = await Promise.allSettled(waiting.map((account) => accountWorkflows.start(account)));
  const failed = told.filter(({ status }) => status === 'rejected').length;
  if (failed > 0) logger.warn({ connectionId, failed }, 'workflows left to the reconciler');
}
