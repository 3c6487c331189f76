import { startAccount } from '../../connections/start-account.ts';
import type { Repair } from './repair.ts';

/**
 * Within an hour of rounds every account is looked at, also one that waits for nothing, and one that has
 * not followed its consent for long.
 */
export const startMissingWorkflows: Repair = async ({ accountWorkflows }, round) =>
  round.each(await round.accounts(), (account) => startAccount(accountWorkflows, account));
