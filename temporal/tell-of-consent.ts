import type { AccountToRun } from '../db/accounts/account-to-run.ts';
import type { AccountWorkflows } from './account-workflows.ts';

/**
 * Has accounts of one connection read how its consent stands. Answers with how many could not be told;
 * those the reconciler tells.
 */
export async function tellOfConsent(
  accountWorkflows: Pick<AccountWorkflows, 'connectionChanged'>,
  accounts: readonly AccountToRun[],
): Promise<number> {
  const told = await Promise.allSettled(
    accounts.map((account) => accountWorkflows.connectionChanged(account)),
  );
  return told.filter(({ status }) => status === 'rejected').length;
}
