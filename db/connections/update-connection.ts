import type { ProviderLimits } from '../../providers/effective-interval.ts';
import type { Database } from '../connect.ts';
import { lockLinkedConnection } from './lock-linked-connection.ts';
import { takeOffers } from './take-offers.ts';

/** What is absent stays as it is. */
export interface ConnectionChange {
  /** `link` also links what is offered. */
  readonly newAccounts?: 'offer' | 'link' | undefined;
  readonly reference?: string | null | undefined;
}

/** Changes a connection's settings. Answers whether it is linked. */
export async function updateConnection(
  db: Database,
  connectionId: string,
  { newAccounts, reference }: ConnectionChange,
  limitsOf: (provider: string) => ProviderLimits,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const connection = await lockLinkedConnection(trx, connectionId);
    if (!connection) return false;
    await trx
      .updateTable('connections')
      .set({
        new_accounts: newAccounts ?? connection.new_accounts,
        ...(reference === undefined ? {} : { reference }),
      })
      .where('id', '=', connectionId)
      .execute();
    if (newAccounts === 'link') {
      await takeOffers(trx, connection, null, limitsOf(connection.provider));
    }
    return true;
  });
}
