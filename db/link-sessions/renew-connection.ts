import { sql, type Transaction } from 'kysely';
import { lockLinkedConnection } from '../connections/lock-linked-connection.ts';
import { somethingNew } from '../consents/consent.ts';
import { restoreConsent } from '../consents/restore-consent.ts';
import type { Schema } from '../schema.ts';

/**
 * The customer has logged in again at a connection, as the provider told of its session. Where the provider tells how
 * a consent stands, it is to be asked; else this says it. Answers false where the connection was unlinked meanwhile.
 */
export async function renewConnection(
  trx: Transaction<Schema>,
  connectionId: string,
  { tellsConsent }: { readonly tellsConsent: boolean },
): Promise<boolean> {
  if (!(await lockLinkedConnection(trx, connectionId))) return false;
  const isToBeAsked = tellsConsent && (await requestCheck(trx, connectionId));
  if (!isToBeAsked) await restoreConsent(trx, connectionId);
  return true;
}

/** What the provider was asked before does not count. Answers whether its accounts are known. */
async function requestCheck(trx: Transaction<Schema>, connectionId: string): Promise<boolean> {
  const requested = await trx
    .updateTable('connections')
    .set({ ...somethingNew(), check_requested_at: sql<Date>`now()` })
    .where('id', '=', connectionId)
    .where('status', 'in', ['active', 'reauth_required', 'gone'])
    .where('accounts_checked_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  return requested !== undefined;
}
