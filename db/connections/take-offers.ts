import { sql, type Transaction } from 'kysely';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import { addAccounts, type ConnectionOfAccounts } from '../accounts/add-accounts.ts';
import type { Schema } from '../schema.ts';

/**
 * Makes accounts of what a connection offers; of all of it where `wanted` is null. Answers with how many.
 */
export async function takeOffers(
  trx: Transaction<Schema>,
  connection: ConnectionOfAccounts,
  wanted: readonly string[] | null,
  limits: ProviderLimits,
): Promise<number> {
  const taken = await trx
    .deleteFrom('offered_accounts')
    .where('connection_id', '=', connection.id)
    .$if(wanted !== null, (query) =>
      query.where(sql<boolean>`provider_account_id = any(${[...(wanted ?? [])]}::text[])`),
    )
    .returning(['provider_account_id as providerAccountId', 'name', 'number', 'type', 'currency'])
    .execute();
  return await addAccounts(trx, connection, taken, limits);
}
