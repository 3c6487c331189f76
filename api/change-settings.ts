import { updateSettings, type SettingsChange } from '../db/accounts/update-settings.ts';
import { limitsOf } from '../providers/effective-interval.ts';
import type { ApiDeps } from './deps.ts';
import { linkedAccount } from './find-account.ts';
import type { SettingsApplied } from '../temporal/account-workflows.ts';
import { toAccount, type Account } from './schemas/account.ts';

/**
 * Stores what the operator wants, then tells the workflow. With no worker, or no Temporal, it is
 * stored all the same and takes effect later: `settings.confirmed` tells.
 */
export async function changeSettings(
  { db, providers, accountWorkflows, logger }: ApiDeps,
  accountId: string,
  change: SettingsChange,
  options: { readonly always?: boolean } = {},
): Promise<Account> {
  await linkedAccount(db, accountId);
  await updateSettings(db, accountId, change, {
    ...options,
    limitsOf: (provider) => limitsOf(providers, provider),
  });
  const row = await linkedAccount(db, accountId);
  let applied: SettingsApplied | null = null;
  try {
    applied = await accountWorkflows.applySettings(row);
  } catch (err) {
    logger.warn({ err, accountId }, 'settings left to the reconciler');
  }
  return toAccount(row, applied);
}
