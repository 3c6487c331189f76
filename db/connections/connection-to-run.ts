/** A connection whose workflow is to be started. */
export interface ConnectionToRun {
  readonly id: string;
  readonly provider: string;
}
