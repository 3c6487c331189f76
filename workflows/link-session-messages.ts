import { defineSignal } from '@temporalio/workflow';
import type { LinkSessionPace } from '../config/link-session-pace.ts';

/*
 * The contract between the workflow of a link session and all who start it. As in messages.ts: ids, names
 * of providers and times only.
 */

export const LINK_SESSION = 'linkSession';

export const linkSessionId = (sessionId: string): string => `link-session:${sessionId}`;

export interface LinkSessionInput {
  readonly sessionId: string;
  readonly provider: string;
  /** Another pace than the code's, for tests. */
  readonly pace?: LinkSessionPace;
}

/** A webhook of the session is stored: look what it says. */
export const linkSessionTold = defineSignal('linkSessionTold');
