import { defineSignal } from '@temporalio/workflow';

/*
 * The contract between the workflows that link and unlink a connection and all who start them. As in
 * messages.ts: ids and names of providers only.
 */

export const CONNECTION_LINK = 'connectionLink';
export const CONNECTION_UNLINK = 'connectionUnlink';

export const connectionLinkId = (connectionId: string): string => `connection-link:${connectionId}`;
export const connectionUnlinkId = (connectionId: string): string =>
  `connection-unlink:${connectionId}`;

export interface ConnectionInput {
  readonly connectionId: string;
  readonly provider: string;
  /** Nobody waits for it: it looks whether there are other accounts by now. */
  readonly isCheck: boolean;
}

/** What is wanted of the connection has changed in Postgres: begin anew, without waiting. */
export const askedAgain = defineSignal('askedAgain');
