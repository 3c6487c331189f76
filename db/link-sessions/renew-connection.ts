import type { Transaction } from 'kysely';
import { lockLinkedConnection } from '../connections/lock-linked-connection.ts';
import { requestCheck } from '../connections/request-check.ts';
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
