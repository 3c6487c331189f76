import { sql } from 'kysely';
import type { Product } from '../../config/product.ts';
import type { Database } from '../connect.ts';
import type { SyncCounts } from './finish-sync-run.ts';
import type { SyncScope, SyncTrigger } from '../schema.ts';
import { SyncRefused } from './sync-refused.ts';

export interface SyncRunStart {
  readonly id: string;
  readonly accountId: string;
  readonly product: Product;
  readonly triggers: readonly SyncTrigger[];
  readonly scope: SyncScope;
}

/**
 * Records that an attempt of a sync has begun. Answers with the counts when an earlier attempt has
 * committed already (its answer got lost on the way to Temporal), else with null. Throws `SyncRefused`
 * once the account is unlinked.
 */
export async function beginSyncRun(db: Database, run: SyncRunStart): Promise<SyncCounts | null> {
  if (await insertSyncRun(db, run)) return null;
  const ended = await db
    .selectFrom('sync_runs')
    .innerJoin('accounts', 'accounts.id', 'sync_runs.account_id')
    .where('sync_runs.id', '=', run.id)
    .where('accounts.unlinked_at', 'is', null)
    .select(['fetched', 'added', 'changed', 'removed'])
    .executeTakeFirst();
  if (!ended) throw new SyncRefused('account_unlinked');
  return ended;
}

/**
 * Locks the account and records the run, or another attempt of it, in one statement; the lock comes
 * first, as it does where a sync is given up. Answers false, and why is to be found out, when the account
 * is unlinked or the run has ended.
 */
export async function insertSyncRun(
  db: Pick<Database, 'getExecutor'>,
  run: SyncRunStart,
): Promise<boolean> {
  const { rows } = await sql`
    with locked as materialized (
      select id from accounts where id = ${run.accountId} and unlinked_at is null for no key update
    )
    insert into sync_runs (id, account_id, product, triggers, scope)
    select ${run.id}::uuid, locked.id, ${run.product}, ${[...run.triggers]}::text[], ${run.scope} from locked
    on conflict (id) do update set attempts = sync_runs.attempts + 1, scope = excluded.scope
      where sync_runs.status = 'running'
    returning id`.execute(db);
  return rows.length > 0;
}
