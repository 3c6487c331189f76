import { sql, type RawBuilder } from 'kysely';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PRODUCTS, type Product } from '../../config/product.ts';

/** Beside two intervals: what a sync, and a queue before it, may take. */
const SLACK_MS = 2 * 60_000;

export const SYNCED_AT = {
  balance: sql.ref('accounts.balance_synced_at'),
  transaction: sql.ref('accounts.transactions_synced_at'),
} as const satisfies Record<Product, RawBuilder<unknown>>;

const tolerated = sql`case accounts.effective_interval ${sql.join(
  Object.entries(INTERVAL_MS).map(
    ([name, ms]) =>
      sql`when ${sql.lit(name)} then interval ${sql.lit(`${(2 * ms + SLACK_MS) / 1_000} seconds`)}`,
  ),
  sql` `,
)} end`;

/**
 * Whether what is kept of a product is stale: its last sync, or the link where there was none, is
 * longer ago than two effective intervals and two minutes. Never where nothing is to be refreshed by
 * itself: an account that is unlinked, paused by its operator, or without an interval, and a product
 * that is not kept.
 *
 * The one definition, on a row of `accounts`, by the database's clock.
 *
 * @param syncedAt in place of the row's own, where that is about to change.
 */
export function isStale(
  product: Product,
  syncedAt: RawBuilder<unknown> = SYNCED_AT[product],
): RawBuilder<boolean> {
  return sql<boolean>`(accounts.unlinked_at is null and not accounts.paused
    and ${sql.lit(product)} = any(accounts.products)
    and coalesce(coalesce(${syncedAt}, accounts.created_at) < now() - ${tolerated}, false))`;
}

export const isStaleInAny = sql<boolean>`(${sql.join(
  PRODUCTS.map((product) => isStale(product)),
  sql` or `,
)})`;
