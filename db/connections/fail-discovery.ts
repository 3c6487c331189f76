import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { learnt } from '../consents/consent.ts';
import type { Consent } from './find-credentials.ts';

/**
 * Notes that the provider refuses to tell a connection's accounts. Answers whether it does: not when
 * something was learnt of its consent, or it was linked again or unlinked, since it was asked.
 */
export async function failDiscovery(
  db: Database,
  consent: Consent,
  failure: { readonly kind: 'reauth' | 'gone'; readonly code: string },
): Promise<boolean> {
  const status = failure.kind === 'reauth' ? 'reauth_required' : 'gone';
  const failed = await db
    .updateTable('connections')
    .set({
      // What was known is nothing new.
      ...(consent.status === status
        ? {}
        : { ...learnt(status, failure.code), status_as_of: consent.read_at }),
      check_requested_at: null,
      check_refused_at: sql<Date>`now()`,
      accounts_checked_at: sql<Date>`case when accounts_checked_at is not null then now() end`,
    })
    .where('id', '=', consent.id)
    .where('consent_version', '=', consent.consent_version)
    .where('status', 'in', ['linking', 'active', 'reauth_required', 'gone'])
    .returning('id')
    .executeTakeFirst();
  return failed !== undefined;
}
