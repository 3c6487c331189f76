import { sql, type Transaction } from 'kysely';
import type { ProviderAccount } from '../../providers/provider.ts';
import { recordEvent } from '../events/record-event.ts';
import type { Schema } from '../schema.ts';

/**
 * Makes these the accounts that a connection offers, with an event where some are new. Answers with how
 * many are.
 */
export async function offerAccounts(
  trx: Transaction<Schema>,
  connectionId: string,
  accounts: readonly ProviderAccount[],
): Promise<number> {
  const ids = accounts.map(({ providerAccountId }) => providerAccountId);
  await trx
    .deleteFrom('offered_accounts')
    .where('connection_id', '=', connectionId)
    .where(sql<boolean>`provider_account_id <> all(${ids}::text[])`)
    .execute();
  if (accounts.length === 0) return 0;
  const offered = await trx
    .insertInto('offered_accounts')
    .values(
      accounts.map(({ providerAccountId, name, number, type, currency }) => ({
        connection_id: connectionId,
        provider_account_id: providerAccountId,
        name,
        number,
        type,
        currency,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('provider_account_id')
    .execute();
  const count = offered.length;
  if (count > 0) {
    await recordEvent(trx, { type: 'connection.accounts_offered', connectionId, data: { count } });
  }
  return count;
}
