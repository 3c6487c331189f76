/** A link session whose workflow is to be started, or told. */
export interface LinkSessionToRun {
  readonly id: string;
  readonly provider: string;
}
