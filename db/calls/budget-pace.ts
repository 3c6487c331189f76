/** How calls of one budget are let through: so many at once, from then on one in so many milliseconds. */
export interface BudgetPace {
  readonly burst: number;
  readonly stepMs: number;
}

/** Calls reach the provider later than they are taken, and not all by as much: this difference is allowed for. */
const UNEVEN_MS = 2_000;
const WINDOW_MS = 60_000 + UNEVEN_MS;

/**
 * The part of a minute's calls that may come at once. The more it is, the fewer may follow in the minute: half
 * of a small budget, as the accounts of one connection come together; of a large one, which many share, a quarter.
 */
const burstPart = (calls: number): number => (calls <= SMALL ? 1 / 2 : 1 / 4);
const SMALL = 60;

/**
 * The pace at which no window, wherever it begins, has more than `calls`: a part of them at once, and
 * steadily about the rest of them in each window. Of less than one call the window is as much
 * longer. Throws a `RangeError` where `calls` is no number above 0.
 *
 * It holds as a window that begins with a burst of `b` calls has room for one after each step, and with
 * steps of `window / (calls - b + 1)` the call too many would be the first behind its end.
 */
export function budgetPace(calls: number, windowMs: number = WINDOW_MS): BudgetPace {
  if (!(calls > 0 && calls < Number.POSITIVE_INFINITY)) {
    throw new RangeError('a budget allows more than no calls, and not any number of them');
  }
  if (calls < 1) return { burst: 1, stepMs: windowMs / calls };
  const whole = Math.floor(calls);
  const burst = Math.max(1, Math.floor(whole * burstPart(whole)));
  return { burst, stepMs: windowMs / (whole - burst + 1) };
}
