import { updateSettings } from '../../../db/accounts/update-settings.ts';
import { effectiveInterval, limitsOf } from '../../../providers/effective-interval.ts';
import type { Repair } from './repair.ts';

/**
 * Accounts that are refreshed more or less often than their provider allows now: its limits have
 * changed since. A new version of the settings takes the usual way to the workflow.
 */
export const correctIntervals: Repair = async ({ db, providers }, round) => {
  const differing = (await round.accounts()).filter((account) => {
    const limits = providers.get(account.provider)?.capabilities;
    if (!limits) return false;
    const { interval, limitedBy } = effectiveInterval(
      account.refresh_interval,
      account.products.length,
      limits,
    );
    return interval !== account.effective_interval || limitedBy !== account.limited_by;
  });
  return await round.each(differing, (account) =>
    updateSettings(db, account.id, {}, { limitsOf: (name) => limitsOf(providers, name) }),
  );
};
