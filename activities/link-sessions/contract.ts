import type { LinkSessionStatus } from '../../db/schema.ts';

/*
 * The activity of the workflow of a link session. As in contract.ts: ids, names and times only.
 */

export interface LinkSessionLook {
  readonly sessionId: string;
  /** Ask the provider how it has gone, too. */
  readonly isToAsk: boolean;
  /** It is waited for no longer: end it, whatever is known. */
  readonly isLast: boolean;
}

export interface LinkSessionFound {
  /** `deleted`: there is no such session any more. */
  readonly status: LinkSessionStatus | 'deleted';
  /** Negative once it has expired. */
  readonly expiresInMs: number;
}

export interface LinkSessionActivities {
  /**
   * Takes what stored webhooks, and the provider where it is to be asked, say of a session; makes connections of
   * what it gave, and ends it where it has ended.
   */
  advanceLinkSession(input: LinkSessionLook): Promise<LinkSessionFound>;
}
