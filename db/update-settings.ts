import { sql } from 'kysely';
import type { Interval } from '../config/interval.ts';
import type { Product } from '../config/product.ts';
import type { Database } from './connect.ts';

/** What is absent stays as it is. */
export interface SettingsChange {
  readonly paused?: boolean | undefined;
  readonly interval?: Interval | null | undefined;
  readonly products?: readonly Product[] | undefined;
  readonly webhookUrl?: string | null | undefined;
}

/**
 * Stores what the operator wants of an account. The version grows only when something changes, so
 * that a repeated call is no new one. Answers whether there is such an account that is linked.
 */
export async function updateSettings(
  db: Database,
  accountId: string,
  change: SettingsChange,
  options: { readonly always?: boolean } = {},
): Promise<boolean> {
  const { paused, interval, products, webhookUrl } = change;
  const values = {
    ...(paused === undefined ? {} : { paused }),
    ...(interval === undefined ? {} : { refresh_interval: interval, effective_interval: interval }),
    ...(products === undefined ? {} : { products: [...products] }),
    ...(webhookUrl === undefined ? {} : { webhook_url: webhookUrl }),
  };
  return await db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId)
      .where('unlinked_at', 'is', null)
      .select(['paused', 'refresh_interval', 'effective_interval', 'products', 'webhook_url'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return false;
    const isChange = Object.entries(values).some(
      ([name, value]) =>
        JSON.stringify(before[name as keyof typeof before]) !== JSON.stringify(value),
    );
    if (!isChange && !options.always) return true;
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
