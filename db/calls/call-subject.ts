/** Whom calls are made for. */
export interface CallSubject {
  readonly provider: string;
  /** Null before there is one. */
  readonly connectionId: string | null;
  readonly accountId?: string;
  readonly syncRunId?: string;
}
