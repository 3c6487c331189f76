import type { Transaction } from 'kysely';
import { lockLinkedConnection } from '../connections/lock-linked-connection.ts';
import { restoreConsent } from '../consents/restore-consent.ts';
import type { Schema } from '../schema.ts';

/** `link`: its accounts are yet to be found; `check`: it is to be asked how it stands; `unlinked`: meanwhile. */
export type Renewed = 'link' | 'check' | 'unlinked';

/**
 * Notes that the customer has logged in again at a connection, as the provider told of its session. What is to
 * be done next, the connection's workflow does.
 */
export async function renewConnection(
  trx: Transaction<Schema>,
  connectionId: string,
): Promise<Renewed> {
  if (!(await lockLinkedConnection(trx, connectionId))) return 'unlinked';
  return (await restoreConsent(trx, connectionId)) ? 'link' : 'check';
}
