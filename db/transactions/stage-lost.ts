/** The stage does not hold what was put into it: the sync must read again. */
export class StageLost extends Error {
  override readonly name = 'StageLost';
}
