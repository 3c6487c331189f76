import { sql } from 'kysely';
import type { Product } from '../config/product.ts';
import type { Database } from './connect.ts';
import type { SyncCounts } from './finish-sync-run.ts';
import type { SyncScope, SyncTrigger } from './schema.ts';

export interface SyncRunStart {
  readonly id: string;
  readonly accountId: string;
  readonly product: Product;
  readonly triggers: readonly SyncTrigger[];
  readonly scope: SyncScope;
}

/**
 * Records that an attempt of a sync has begun. Answers with the counts when an earlier attempt has
 * committed already (its answer got lost on the way to Temporal), else with null.
 */
export async function beginSyncRun(db: Database, run: SyncRunStart): Promise<SyncCounts | null> {
  const row = await db
    .insertInto('sync_runs')
    .values({
      id: run.id,
      account_id: run.accountId,
      product: run.product,
      triggers: [...run.triggers],
      scope: run.scope,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ attempts: sql`sync_runs.attempts + 1`, scope: run.scope })
        .where('sync_runs.status', '=', 'running'),
    )
    .returning('id')
    .executeTakeFirst();
  if (row) return null;
  return await db
    .selectFrom('sync_runs')
    .where('id', '=', run.id)
    .select(['fetched', 'added', 'changed', 'removed'])
    .executeTakeFirstOrThrow();
}
