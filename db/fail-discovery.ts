import { sql } from 'kysely';
import type { Database } from './connect.ts';
import type { Consent } from './find-credentials.ts';

/**
 * Notes that the provider refuses to tell a connection's accounts. Answers whether it does: not when the
 * connection was linked again, or unlinked, or a webhook told of the consent, since it was asked.
 */
export async function failDiscovery(
  db: Database,
  consent: Consent,
  failure: { readonly kind: 'reauth' | 'gone'; readonly code: string },
): Promise<boolean> {
  const now = sql<Date>`now()`;
  const failed = await db
    .updateTable('connections')
    .set({
      status: failure.kind === 'reauth' ? 'reauth_required' : 'gone',
      status_code: failure.code,
      status_as_of: consent.read_at,
      status_changed_at: now,
    })
    .where('id', '=', consent.id)
    .where('credentials', '=', consent.credentials)
    .where('consent_webhooks', '=', consent.consent_webhooks)
    .where('status', 'in', ['linking', 'active', 'reauth_required', 'gone'])
    .returning('id')
    .executeTakeFirst();
  return failed !== undefined;
}
