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
  const failed = await db
    .updateTable('connections')
    .set({
      ...learnt(failure.kind === 'reauth' ? 'reauth_required' : 'gone', failure.code),
      status_as_of: consent.read_at,
    })
    .where('id', '=', consent.id)
    .where('consent_version', '=', consent.consent_version)
    .where('status', 'in', ['linking', 'active', 'reauth_required', 'gone'])
    .returning('id')
    .executeTakeFirst();
  return failed !== undefined;
}
