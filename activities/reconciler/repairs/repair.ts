import type { AccountToRun } from '../../../db/accounts/account-to-run.ts';
import type { ActivityDeps } from '../../deps.ts';

/** A round of the reconciler, as each of its repairs sees it. */
export interface Round {
  /** Another slice of the accounts in each round: those that it looks at without a reason. */
  accounts(): Promise<readonly AccountToRun[]>;
  /**
   * Does `work` for each item, some at a time. One that fails does not keep the others from being done;
   * it is left to the next round, and so is what there is no time for. Answers with how many were done:
   * those that did not answer false.
   */
  each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number>;
}

/**
 * One kind of difference between what Postgres holds and what the workflows do, put right. Safe to run
 * at any time, any number of times. Answers with how many were repaired.
 */
export type Repair = (deps: ActivityDeps, round: Round) => Promise<number>;
