import type { Database } from './connect.ts';

/**
 * What is needed to call the provider about a connection; undefined when there is none, or it is
 * unlinked.
 */
export async function findCredentials(
  db: Database,
  connectionId: string,
): Promise<{ provider: string; provider_connection_id: string; credentials: Buffer } | undefined> {
  return await db
    .selectFrom('connections')
    .where('id', '=', connectionId)
    .where('credentials', 'is not', null)
    .select(['provider', 'provider_connection_id', 'credentials'])
    .$narrowType<{ credentials: Buffer }>()
    .executeTakeFirst();
}
