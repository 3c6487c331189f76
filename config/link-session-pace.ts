/**
 * How the workflow of a link session paces itself. All times in milliseconds. Tests pass a faster one. The
 * numbers are part of the workflow's code: who changes one changes what a history means (see
 * CONTRIBUTING.md).
 */
export interface LinkSessionPace {
  /** Until the provider is first asked, in case its webhook was lost; doubled from then on. */
  readonly firstAskMs: number;
  readonly longestAskMs: number;
  /** So long after it has expired a session is still waited for: what the customer did last is on its way. */
  readonly graceMs: number;
}

const MINUTE = 60_000;

export const LINK_SESSION_PACE: LinkSessionPace = {
  // No webhook may come of a new log-in: the customer is done in a minute or two, and waits.
  firstAskMs: 15_000,
  longestAskMs: 4 * 60 * MINUTE,
  graceMs: 5 * MINUTE,
};
