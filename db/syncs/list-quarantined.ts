import { sql } from 'kysely';
import type { Product } from '../../config/product.ts';
import type { Database } from '../connect.ts';

export interface QuarantineFilter {
  readonly limit: number;
  readonly accountId?: string | undefined;
  readonly product?: Product | undefined;
  readonly includeRaw: boolean;
  readonly before?: string | undefined;
}

export type QuarantinedRow = Awaited<ReturnType<typeof listQuarantined>>[number];

/** What could not be taken, the last first seen first, before the one with the id `before`. */
export async function listQuarantined(db: Database, filter: QuarantineFilter) {
  const { accountId, product, includeRaw, before } = filter;
  let query = db.selectFrom('quarantined_items');
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (product !== undefined) query = query.where('product', '=', product);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .select([
      'id',
      'account_id',
      'product',
      'provider_id',
      'reason',
      'first_seen_at',
      'last_seen_at',
      'sync_run_id',
    ])
    .select((includeRaw ? sql<string | null>`raw` : sql<string | null>`null`).as('raw'))
    .execute();
}
