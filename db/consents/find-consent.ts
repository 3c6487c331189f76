import type { Database } from '../connect.ts';
import { consentOf, type ConsentFound } from './consent.ts';

/** How the consent of a connection, which must exist, stands now. */
export async function findConsent(
  db: Pick<Database, 'selectFrom'>,
  connectionId: string,
): Promise<ConsentFound> {
  const connection = await db
    .selectFrom('connections')
    .where('id', '=', connectionId)
    .select(['status', 'consent_version'])
    .executeTakeFirstOrThrow();
  return consentOf(connection);
}
