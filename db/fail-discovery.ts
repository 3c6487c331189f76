import { sql } from 'kysely';
import type { Database } from './connect.ts';
import { learnt } from './consent.ts';
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
    .set(learnt(failure.kind === 'reauth' ? 'reauth_required' : 'gone', failure.code))
    .where('id', '=', consent.id)
    .where('consent_version', '=', consent.consent_version)
    .where('status', 'in', ['linking', 'active', 'reauth_required', 'gone'])
    .returning('id')
    .executeTakeFirst();
  return failed !== undefined;
}

/** Why a connection is still `linking` or `unlinking`: its provider's last error. */
export async function noteConnectionError(
  db: Database,
  connectionId: string,
  code: string,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ status_code: code })
    .where('id', '=', connectionId)
    .where('status', 'in', ['linking', 'unlinking'])
    .execute();
}

/** The accounts were asked for in vain: they are asked for again with the next round of checks. */
export async function putOffDiscovery(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ accounts_checked_at: sql<Date>`now()` })
    .where('id', '=', connectionId)
    .execute();
}
