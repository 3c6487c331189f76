import type { ActivityDeps } from '../deps.ts';

/** A round of the reconciler, as each of its repairs sees it. */
export interface Round {
  /** Counts up with each minute: for repairs that look at another slice in each round. */
  readonly number: number;
  /**
   * Does `work` for each item. One that fails does not keep the others from being done; it is left to
   * the next round. Answers with how many were done.
   */
  each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number>;
}

/**
 * One kind of difference between what Postgres holds and what the workflows do, put right. Safe to run
 * at any time, any number of times. Answers with how many were repaired.
 */
export type Repair = (deps: ActivityDeps, round: Round) => Promise<number>;
