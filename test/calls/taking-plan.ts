/** What a process of the test takes. */
export interface TakingPlan {
  readonly seed: number;
  /** At a time, each with a connection. */
  readonly callers: number;
  /** For so long. */
  readonly windows: number;
  readonly windowMs: number;
  /** Calls in a window, by key. */
  readonly budgets: Readonly<Record<string, number>>;
}

export interface Grant {
  readonly keys: readonly string[];
  /** Microseconds, by the database's clock. */
  readonly at: number;
}
