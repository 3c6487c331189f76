import type { ConnectionToRun } from '../connections/connection-to-run.ts';
import type { Database } from '../connect.ts';

/** The connections that a session has made, and whose accounts are yet to be looked for. */
export async function newConnectionsOf(
  db: Database,
  sessionId: string,
): Promise<ConnectionToRun[]> {
  return await db
    .selectFrom('link_session_links')
    .innerJoin('connections', 'connections.id', 'link_session_links.connection_id')
    .where('link_session_links.link_session_id', '=', sessionId)
    .where('connections.status', '=', 'linking')
    .select(['connections.id', 'connections.provider'])
    .execute();
}
