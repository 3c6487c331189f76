import type { Database } from '../connect.ts';
import { consentOf, learnt, type ConsentFound } from './consent.ts';
import { findConsent } from './find-consent.ts';

/**
 * Notes that a connection which had ended at the bank could be read, unless something newer than
 * `version` is known of its consent. Answers with how it stands, and whether that is new.
 */
export async function confirmConsent(
  db: Database,
  connectionId: string,
  version: number,
): Promise<{ readonly consent: ConsentFound; readonly isNew: boolean }> {
  const confirmed = await db
    .updateTable('connections')
    .set(learnt('active', null))
    .where('id', '=', connectionId)
    .where('status', '=', 'gone')
    .where('consent_version', '=', version)
    .returning(['status', 'consent_version'])
    .executeTakeFirst();
  if (confirmed) return { consent: consentOf(confirmed), isNew: true };
  return { consent: await findConsent(db, connectionId), isNew: false };
}
