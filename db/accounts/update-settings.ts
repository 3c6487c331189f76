import { sql } from 'kysely';
import type { Interval } from '../../config/interval.ts';
import type { Product } from '../../config/product.ts';
import { effectiveInterval, type ProviderLimits } from '../../providers/effective-interval.ts';
import type { Database } from '../connect.ts';
import { setAccountEndpoint } from '../endpoints/set-account-endpoint.ts';

/** What is absent stays as it is. */
export interface SettingsChange {
  readonly paused?: boolean | undefined;
  readonly interval?: Interval | null | undefined;
  readonly products?: readonly Product[] | undefined;
  readonly webhookUrl?: string | null | undefined;
}

export interface SettingsUpdate {
  /** What the account's provider, of this name, allows. */
  readonly limitsOf: (provider: string) => ProviderLimits;
  /** A new version also where nothing changes. */
  readonly always?: boolean;
}

/**
 * Stores what the operator wants of an account, and how often it can be refreshed then. The version
 * grows only when something changes, so that a repeated call is no new one. Answers whether there is
 * such an account that is linked.
 */
export async function updateSettings(
  db: Database,
  accountId: string,
  change: SettingsChange,
  { limitsOf, always = false }: SettingsUpdate,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId)
      .where('unlinked_at', 'is', null)
      .select(['provider', 'paused', 'refresh_interval', 'effective_interval', 'limited_by'])
      .select(['products', 'webhook_url'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!row) return false;
    const { provider, ...before } = row;
    const { paused, interval, products, webhookUrl } = change;
    const wanted = {
      paused: paused ?? before.paused,
      refresh_interval: interval === undefined ? before.refresh_interval : interval,
      products: [...(products ?? before.products)],
      webhook_url: webhookUrl === undefined ? before.webhook_url : webhookUrl,
    };
    const effective = effectiveInterval(
      wanted.refresh_interval,
      wanted.products.length,
      limitsOf(provider),
    );
    const values = {
      ...wanted,
      effective_interval: effective.interval,
      limited_by: effective.limitedBy,
    };
    const isChange = Object.entries(values).some(
      ([name, value]) =>
        JSON.stringify(before[name as keyof typeof before]) !== JSON.stringify(value),
    );
    if (!isChange && !always) return true;
    if (wanted.webhook_url !== before.webhook_url) {
      await setAccountEndpoint(trx, [accountId], wanted.webhook_url);
    }
    await trx
      .updateTable('accounts')
      .set({
        ...values,
        settings_version: sql`settings_version + 1`,
        settings_changed_at: sql<Date>`now()`,
      })
      .where('id', '=', accountId)
      .execute();
    return true;
  });
}
