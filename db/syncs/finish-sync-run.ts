import { sql, type QueryCreator } from 'kysely';
import type { Product } from '../../config/product.ts';
import type { Timestamp } from '../../providers/provider.ts';
import type { Schema } from '../schema.ts';
import { isStale, SYNCED_AT } from '../accounts/staleness.ts';
import { deliveriesOfEvents } from '../events/outbox.ts';
import { eventParts, type EventPart } from '../events/event-parts.ts';

export interface SyncCounts {
  readonly fetched: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface SyncRunEnd {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly product: Product;
  readonly dataAsOf: Timestamp;
  readonly counts: SyncCounts;
  readonly quarantined?: number;
  /** The stored webhooks that this sync put into effect. */
  readonly webhookIds: readonly string[];
  readonly nextSyncAt: Timestamp | null;
  /**
   * Where the bank was not asked: when the last of the webhooks came. One that is late, or is replayed, makes no
   * account look as if it had just been heard of.
   */
  readonly toldAt?: Timestamp | null;
  /** The provider is still collecting the history: what was read does not count as the first scan. */
  readonly preparing?: boolean;
}

/**
 * The last part of a sync's transaction: the record of it, the account's freshness, the webhooks that
 * it put into effect, and its events. The freshness moves forward only.
 *
 * @param trx the transaction, or a statement begun in it that is to do this too.
 */
export async function finishSyncRun(trx: QueryCreator<Schema>, end: SyncRunEnd): Promise<void> {
  const { syncRunId, accountId, product, dataAsOf, counts, webhookIds, toldAt = null } = end;
  const { preparing = false } = end;
  const syncedAt = sql<Date>`greatest(${SYNCED_AT[product]}, ${heardAt(toldAt)})`;
  // One statement: a sync is mostly waiting for round trips.
  await trx
    .with('run', (trx) =>
      trx
        .updateTable('sync_runs')
        .set({
          ...counts,
          status: 'succeeded',
          finished_at: sql<Date>`now()`,
          data_as_of: dataAsOf,
          webhooks: webhookIds.length,
          quarantined: end.quarantined ?? 0,
          error_kind: null,
          error_code: null,
        })
        .where('id', '=', syncRunId)
        .returning('triggers'),
    )
    .with('effects', (trx) =>
      trx
        .updateTable('webhook_effects')
        .set({ applied_at: sql<Date>`now()`, sync_run_id: syncRunId })
        .where('account_id', '=', accountId)
        .where('product', '=', product)
        .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
        .where('applied_at', 'is', null),
    )
    .with('part', () => sql<EventPart>`(${eventParts(end)})`)
    .with('account', (trx) =>
      trx
        .updateTable('accounts')
        .set({
          ...(product === 'balance'
            ? {
                balance_synced_at: syncedAt,
                balance_as_of: sql<Date>`greatest(balance_as_of, ${dataAsOf}::timestamptz)`,
                balance_error_code: null,
              }
            : {
                ...(preparing ? {} : { transactions_synced_at: syncedAt }),
                // Where the bank was not asked, nothing is known of it.
                ...(toldAt === null ? { transactions_preparing: preparing } : {}),
                transactions_as_of: sql<Date>`greatest(transactions_as_of, ${dataAsOf}::timestamptz)`,
                transactions_error_code: null,
              }),
          // What was told long ago leaves this product as stale as the other may be.
          stale_since: sql<Date | null>`case when ${isStale(otherThan(product))}
            or ${isStale(product, syncedAt)} then stale_since end`,
          next_sync_at: end.nextSyncAt,
          event_sequence: sql`event_sequence + (select count(*) from part)`,
        })
        .where('id', '=', accountId)
        .returning(['id', 'connection_id', sql<string>`old.event_sequence`.as('last')]),
    )
    .with(
      'event',
      () => sql<EventRow>`(
        insert into events
          (type, connection_id, account_id, sequence, sync_run_id, triggers, data, added, changed, removed)
        select ${`${product}.success`}, connection_id, account.id, account.last + part.number, ${syncRunId}::uuid,
          run.triggers, part.data, part.added, part.changed, part.removed
        from part, account, run
        order by part.number
        returning id, type, account_id, data, created_at)`,
    )
    .with('delivered', () => deliveriesOfEvents)
    .insertInto('delivery_wakes')
    .columns(['endpoint_id'])
    .expression((eb) => eb.selectFrom('delivered').select('delivered.endpoint_id').distinct())
    .execute();
}

interface EventRow {
  readonly id: string;
}

const heardAt = (toldAt: Timestamp | null) =>
  toldAt === null ? sql`now()` : sql`${toldAt}::timestamptz`;

const otherThan = (product: Product): Product =>
  product === 'balance' ? 'transaction' : 'balance';
