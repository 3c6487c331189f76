import { atLeast, type Goal } from '../support/goals.ts';
import { median, type Measured } from '../support/measure.ts';
import type { FullPathRound } from './run-round.ts';

export interface Rounds {
  readonly fullPath: FullPathRound[];
  readonly bare: Measured[];
  readonly rowByRow: Measured[];
}

export const secondsOf = (list: readonly Measured[]): number =>
  median(list.map(({ seconds }) => seconds));

/**
 * Each ratio is the median of the rounds' own ratios: what slows the machine for a while slows both
 * sides of a round.
 */
export function goalsOf({ fullPath, bare, rowByRow }: Rounds): Goal[] {
  const first = fullPath.map((round) => round.first);
  const again = fullPath.map((round) => round.again);
  const rewritten = fullPath.reduce(
    (sum, { countsAfterFirst: before, countsAfterAgain: after }) =>
      sum +
      (after.updated - before.updated) +
      (after.inserted - before.inserted) +
      (after.deleted - before.deleted),
    0,
  );
  return [
    atLeast('of the bare insert', ratio(bare, first), 0.5),
    atLeast('× row by row', ratio(rowByRow, first), 5),
    atLeast('× the first scan when nothing changed', ratio(first, again), 3),
    { text: `${rewritten} rows written again (goal 0)`, reached: rewritten === 0 },
  ];
}

const ratio = (slow: readonly Measured[], fast: readonly Measured[]): number =>
  median(slow.map(({ seconds }, round) => seconds / (fast[round]?.seconds ?? Number.NaN)));
