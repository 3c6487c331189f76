import type { AccountToRun } from '../../db/accounts/account-to-run.ts';
import type { Logger } from '../../config/logger.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { Round } from './repairs/repair.ts';

/** Calls to Temporal at a time: it has the accounts' own work to do. */
const AT_A_TIME = 10;

export interface RepairTally {
  /** What was done so far, also where the repair ends with an error. */
  done: number;
  failed: number;
  /** Something was left undone for lack of time. */
  isCutShort: boolean;
}

/**
 * What one repair works with. It takes up nothing new once `signal` aborts, and counts in `tally`.
 * @param accounts shared by all repairs of a round.
 */
export function createRound(options: {
  readonly accounts: () => Promise<readonly AccountToRun[]>;
  readonly tally: RepairTally;
  readonly signal: AbortSignal;
  readonly context: CallContext;
  readonly logger: Logger;
}): Round {
  const { accounts, tally, signal, context, logger } = options;
  return {
    accounts,
    async each(items, work) {
      const before = tally.done;
      const left = items.values();
      async function lane(): Promise<void> {
        for (const item of left) {
          context.signal.throwIfAborted();
          context.heartbeat();
          if (signal.aborted) {
            tally.isCutShort = true;
            return;
          }
          try {
            if ((await work(item)) !== false) tally.done += 1;
          } catch (err) {
            tally.failed += 1;
            logger.warn({ err }, 'left to the next round');
          }
        }
      }
      await Promise.all(Array.from({ length: AT_A_TIME }, lane));
      return tally.done - before;
    },
  };
}
