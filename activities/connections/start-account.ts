import type { AccountToRun } from '../../db/accounts/account-to-run.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';

/**
 * Sees to it that a linked account has its workflow. One that ran before looks how the consent stands
 * where it has not confirmed what was learnt of it. Answers whether it was missing.
 */
export async function startAccount(
  accountWorkflows: Pick<AccountWorkflows, 'start' | 'connectionChanged'>,
  account: AccountToRun,
): Promise<boolean> {
  if (await accountWorkflows.start(account)) return true;
  if (account.confirmed_consent_version < account.consent_version) {
    await accountWorkflows.connectionChanged(account);
  }
  return false;
}
