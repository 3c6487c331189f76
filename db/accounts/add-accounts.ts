import type { Transaction } from 'kysely';
import { effectiveInterval, type ProviderLimits } from '../../providers/effective-interval.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import { setAccountEndpoint } from '../endpoints/set-account-endpoint.ts';
import { recordEvents } from '../events/record-event.ts';
import type { AccountSettingsJson, Schema } from '../schema.ts';

export interface ConnectionOfAccounts {
  readonly id: string;
  readonly provider: string;
  /** Null: it was linked before there were such settings. */
  readonly account_settings: AccountSettingsJson | null;
}

/** As `refresh: true` asks for. */
const DEFAULT_SETTINGS: AccountSettingsJson = {
  interval: 'daily',
  products: ['balance', 'transaction'],
  webhook_url: null,
};

/**
 * Adds accounts to a connection, to be kept fresh as was said when it was linked, each with its event;
 * those that it has stay as they are. Answers with how many are new.
 */
export async function addAccounts(
  trx: Transaction<Schema>,
  connection: ConnectionOfAccounts,
  accounts: readonly ProviderAccount[],
  limits: ProviderLimits,
): Promise<number> {
  if (accounts.length === 0) return 0;
  const { interval, products, webhook_url } = connection.account_settings ?? DEFAULT_SETTINGS;
  const effective = effectiveInterval(interval, products.length, limits);
  const added = await trx
    .insertInto('accounts')
    .values(
      accounts.map((account) => ({
        connection_id: connection.id,
        provider: connection.provider,
        provider_account_id: account.providerAccountId,
        name: account.name,
        number: account.number,
        type: account.type,
        currency: account.currency,
        refresh_interval: interval,
        effective_interval: effective.interval,
        limited_by: effective.limitedBy,
        products: [...products],
        webhook_url,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['connection_id', 'provider_account_id']).doNothing(),
    )
    .returning('id')
    .execute();
  const ids = added.map(({ id }) => id);
  await setAccountEndpoint(trx, ids, webhook_url);
  await recordEvents(
    trx,
    ids.map((id) => ({
      type: 'account.linked',
      connectionId: connection.id,
      accountId: id,
      data: { interval: effective.interval, products },
    })),
  );
  return added.length;
}
