import type { Transaction } from 'kysely';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import type { Database } from '../connect.ts';
import { lockLinkedConnection } from './lock-linked-connection.ts';
import type { Schema } from '../schema.ts';
import { takeOffers } from './take-offers.ts';

export type OfferTaken =
  | { readonly state: 'linked'; readonly added: number }
  /** These, by the provider's ids, are neither offered nor linked. Nothing was done. */
  | { readonly state: 'not_offered'; readonly ids: readonly string[] }
  | { readonly state: 'unlinked' };

/**
 * Links accounts that a connection offers.
 * @param wanted by the provider's ids; null: all. One that is linked already is no mistake.
 */
export async function linkOfferedAccounts(
  db: Database,
  connectionId: string,
  wanted: readonly string[] | null,
  limitsOf: (provider: string) => ProviderLimits,
): Promise<OfferTaken> {
  return await db.transaction().execute(async (trx) => {
    const connection = await lockLinkedConnection(trx, connectionId);
    if (!connection) return { state: 'unlinked' };
    if (wanted !== null) {
      const ids = await notOffered(trx, connectionId, wanted);
      if (ids.length > 0) return { state: 'not_offered', ids };
    }
    const limits = limitsOf(connection.provider);
    return { state: 'linked', added: await takeOffers(trx, connection, wanted, limits) };
  });
}

async function notOffered(
  trx: Transaction<Schema>,
  connectionId: string,
  wanted: readonly string[],
): Promise<string[]> {
  const ids = async (table: 'offered_accounts' | 'accounts'): Promise<string[]> => {
    const rows = await trx
      .selectFrom(table)
      .where('connection_id', '=', connectionId)
      .select('provider_account_id')
      .execute();
    return rows.map((row) => row.provider_account_id);
  };
  const known = new Set([...(await ids('offered_accounts')), ...(await ids('accounts'))]);
  return wanted.filter((id) => !known.has(id));
}
