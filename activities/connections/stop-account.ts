import { confirmStopped } from '../../db/accounts/confirm-stopped.ts';
import type { Database } from '../../db/connect.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';

/**
 * Tells the workflow of an unlinked account to end. Where there is none, that is noted, and the account
 * needs no further look. Answers whether there was one.
 */
export async function stopAccount(
  db: Database,
  accountWorkflows: Pick<AccountWorkflows, 'unlinked'>,
  accountId: string,
): Promise<boolean> {
  const wasRunning = await accountWorkflows.unlinked(accountId);
  if (!wasRunning) await confirmStopped(db, accountId);
  return wasRunning;
}
