import { sql, type RawBuilder } from 'kysely';
import type { Product } from '../../config/product.ts';
import type { Timestamp } from '../../providers/provider.ts';
import { hearsOfUnchanged } from './outbox.ts';

/** Transactions that one event tells of: its body has some tens of kilobytes then. */
export const MOST_TRANSACTIONS = 100;

export interface SyncToTell {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly product: Product;
  readonly dataAsOf: Timestamp;
  readonly counts: { readonly added: number; readonly changed: number };
}

/** From the first, 1. */
export interface EventPart {
  readonly number: string;
  readonly data: object;
  readonly added: string[] | null;
  readonly changed: string[] | null;
  readonly removed: string[] | null;
}

/**
 * The events of a sync that succeeds: one, or several where it changed many transactions. One that
 * changed nothing is told where an endpoint wants to hear of that; else there is no event of it, as there
 * would be little else than those.
 */
export const eventParts = (sync: SyncToTell): RawBuilder<EventPart> =>
  sync.product === 'balance' ? partsOfBalance(sync) : partsOfTransactions(sync);

function partsOfBalance({ accountId, dataAsOf, counts }: SyncToTell): RawBuilder<EventPart> {
  const isChange = counts.added + counts.changed > 0;
  return sql`
    select 1 as number, jsonb_build_object('changed', ${isChange}::boolean, 'data_as_of', ${dataAsOf}::text) as data,
      null::uuid[] as added, null::uuid[] as changed, null::uuid[] as removed
    where ${isChange}::boolean or ${hearsOfUnchanged('balance.success', accountId)}`;
}

/** Rows carry the id of the sync that changed them, so what this one did is read from them. */
function partsOfTransactions(sync: SyncToTell): RawBuilder<EventPart> {
  const { accountId, syncRunId, dataAsOf } = sync;
  return sql`
    select *, jsonb_build_object(
      'changed', total > 0,
      'data_as_of', ${dataAsOf}::text,
      'counts', jsonb_build_object(
        'added', sum(cardinality(added)) over (),
        'changed', sum(cardinality(changed)) over (),
        'removed', sum(cardinality(removed)) over ()
      ),
      'part', number,
      'parts', count(*) over ()
    ) as data
    from (
      select (place - 1) / ${sql.lit(MOST_TRANSACTIONS)} + 1 as number, count(id) as total,
        coalesce(array_agg(id order by id) filter (where change = 'added'), '{}') as added,
        coalesce(array_agg(id order by id) filter (where change = 'changed'), '{}') as changed,
        coalesce(array_agg(id order by id) filter (where change = 'removed'), '{}') as removed
      from (
        select id, row_number() over (order by id) as place, case
          when removed_at is not null then 'removed'
          when changed_at = first_seen_at then 'added'
          else 'changed' end as change
        from transactions where sync_run_id = ${syncRunId}::uuid
        union all
        select null, 1, null
        where ${hearsOfUnchanged('transaction.success', accountId)}
          and not exists (select from transactions where sync_run_id = ${syncRunId}::uuid)
      ) touched
      group by 1
    ) part`;
}
