import type { Database } from '../connect.ts';

/** By what id its provider knows a connection, also once it is unlinked. */
export async function findProviderConnection(
  db: Database,
  connectionId: string,
): Promise<{ provider: string; id: string }> {
  return await db
    .selectFrom('connections')
    .where('id', '=', connectionId)
    .select(['provider', 'provider_connection_id as id'])
    .executeTakeFirstOrThrow();
}
