import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { CalendarDate, Timestamp } from '../../providers/provider.ts';
import type { Schema } from '../schema.ts';

export interface Removal {
  readonly providerTransactionId: string;
  /** The bank's time of it. */
  readonly removedAt: Timestamp;
}

interface By {
  readonly accountId: string;
  readonly syncRunId: string;
}

/**
 * Marks the named transactions as removed, where what is stored is not newer than the removal, and
 * has not come back from it. One without a version goes: it was told by a read that is later than what
 * is stored. Answers with how many it marked.
 */
export async function markRemoved(
  trx: Transaction<Schema>,
  by: By,
  removals: readonly Removal[],
): Promise<number> {
  if (removals.length === 0) return 0;
  const rows = removals.map((removal) => ({
    provider_transaction_id: removal.providerTransactionId,
    removed_at: removal.removedAt,
  }));
  return await mark(
    trx,
    by,
    sql`
      set removed_at = gone.removed_at, changed_at = now(), sync_run_id = ${by.syncRunId}
      from (
        select kept.id, max(list.removed_at) as removed_at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as list(provider_transaction_id text, removed_at timestamptz)
        join transactions kept on kept.account_id = ${by.accountId}
          and kept.provider_transaction_id = list.provider_transaction_id
        where kept.removed_at is null and (kept.provider_updated_at is null
          or kept.provider_updated_at <= list.removed_at
          and not exists (
            select from transaction_changes back
            where back.transaction_id = kept.id and back.kind = 'restored'
              and (back.fields -> 'removed_at' ->> 0)::timestamptz >= list.removed_at
          ))
        group by kept.id
      ) gone
      where kept.id = gone.id and kept.account_id = ${by.accountId}`,
  );
}

/**
 * Marks as removed what we hold and the bank, in a complete read of these dates, did not. Rows newer
 * than the read are left, and so are those that the bank did send and we could not take. Answers
 * with how many it marked.
 */
export async function removeAbsent(
  trx: Transaction<Schema>,
  by: By & {
    readonly stageId: string;
    readonly complete: { readonly from: CalendarDate | null; readonly to: CalendarDate | null };
    readonly readAsOf: Timestamp;
    /** Provider ids of what could not be taken. */
    readonly rejected: readonly string[];
  },
): Promise<number> {
  const { from, to } = by.complete;
  return await mark(
    trx,
    by,
    sql`
      set removed_at = ${by.readAsOf}::timestamptz, changed_at = now(), sync_run_id = ${by.syncRunId}
      where kept.account_id = ${by.accountId} and kept.removed_at is null
        and (kept.provider_updated_at is null
          or kept.provider_updated_at <= ${by.readAsOf}::timestamptz)
        and (${from}::date is null
          or kept.transacted_at >= ${from}::date::timestamp at time zone 'utc')
        and (${to}::date is null
          or kept.transacted_at < (${to}::date + 1)::timestamp at time zone 'utc')
        and kept.provider_transaction_id <> all(${[...by.rejected]}::text[])
        and not exists (
          select from transaction_stage staged
          where staged.stage_id = ${by.stageId}
            and staged.provider_transaction_id = kept.provider_transaction_id
        )`,
  );
}

/** `marks` is the rest of an update of `transactions kept`. */
async function mark(trx: Transaction<Schema>, by: By, marks: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with marked as (
      update transactions kept
      ${marks}
      returning kept.id, kept.removed_at
    ), history as (
      insert into transaction_changes (transaction_id, kind, fields, sync_run_id)
      select id, 'removed', jsonb_build_object('removed_at', jsonb_build_array(null, removed_at)),
        ${by.syncRunId}
      from marked
    )
    select count(*)::int as n from marked`.execute(trx);
  return rows[0]?.n ?? 0;
}
