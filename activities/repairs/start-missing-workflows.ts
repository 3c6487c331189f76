import type { Repair } from './repair.ts';

/** Within an hour of rounds every account is looked at, also one that waits for nothing. */
export const startMissingWorkflows: Repair = async ({ accountWorkflows }, round) =>
  round.each(await round.accounts(), (account) => accountWorkflows.start(account));
