import { linkedAccountsOf } from '../../db/accounts/accounts-of-connection.ts';
import { newConnectionsOf } from '../../db/link-sessions/connections-of-session.ts';
import type { OpenedLinkSession } from '../../db/link-sessions/find-link-session.ts';
import { tellOfConsent } from '../../temporal/tell-of-consent.ts';
import type { ActivityDeps } from '../deps.ts';

/**
 * Has the workflows of connections do what a session has asked of them. What cannot be started now the
 * reconciler starts.
 */
export async function runConnections(
  { db, accountWorkflows, connectionWorkflows, logger }: ActivityDeps,
  { id, connection_id: connectionId, provider }: OpenedLinkSession,
  isRenewed: boolean,
): Promise<void> {
  try {
    for (const connection of await newConnectionsOf(db, id)) {
      await connectionWorkflows.ask('link', connection);
    }
    if (connectionId === null || !isRenewed) return;
    await tellOfConsent(accountWorkflows, await linkedAccountsOf(db, connectionId));
    await connectionWorkflows.ask('link', { id: connectionId, provider });
  } catch (err) {
    logger.warn({ err, linkSessionId: id }, 'workflow left to the reconciler');
  }
}
