import type { Product } from '../../config/product.ts';
import type { JsonValue } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';

export interface StoredCursor {
  readonly value: JsonValue;
  /** When everything was last read. */
  readonly fullAt: Date;
}

/** Where the next incremental read starts; null before the first full one. */
export async function findCursor(
  db: Database,
  accountId: string,
  product: Product,
): Promise<StoredCursor | null> {
  const row = await db
    .selectFrom('sync_cursors')
    .where('account_id', '=', accountId)
    .where('product', '=', product)
    .select(['cursor', 'full_at'])
    .executeTakeFirst();
  return row ? { value: row.cursor as JsonValue, fullAt: row.full_at } : null;
}
