/**
 * How an account workflow paces itself. All times in milliseconds. Tests pass a faster one. The numbers are
 * part of the workflow's code: who changes one changes what a history means (see CONTRIBUTING.md).
 */
export interface Pace {
  /** The wait after the first failure in a row; doubled with each further one. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** After so many failures in a row of every product, the schedule is given up (`provider_error`). */
  readonly failuresToPause: number;
  /** How often it is tried whether a consent that has ended at the bank stands again. */
  readonly goneRetryMs: number;
  /**
   * After so many syncs the run ends at the next quiet moment (continue-as-new). Short histories: a
   * large fleet evicts workflows from the workers' caches, and each wake-up then replays the whole
   * run.
   */
  readonly syncsPerRun: number;
}

export const PACE: Pace = {
  firstRetryMs: 60_000,
  longestRetryMs: 60 * 60_000,
  failuresToPause: 8,
  goneRetryMs: 24 * 60 * 60_000,
  syncsPerRun: 60,
};
