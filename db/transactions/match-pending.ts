import { sql, type Transaction } from 'kysely';
import type { CalendarDate, RejectedItem } from '../../providers/provider.ts';
import { differingFields, fieldsOf } from './transaction-history.ts';
import type { Schema } from '../schema.ts';

interface Match {
  readonly accountId: string;
  readonly syncRunId: string;
  readonly stageId: string;
}

/**
 * A staged row that follows a pending one which we hold, by the provider's own link, takes over its
 * row: the transaction keeps our id. A staged pending row whose successor is known is dropped.
 * Answers with how many took over.
 */
export async function matchByProvider(trx: Transaction<Schema>, match: Match): Promise<number> {
  await sql`
    delete from transaction_stage staged
    where staged.stage_id = ${match.stageId} and staged.status = 'pending' and (
      exists (
        select from transactions kept
        where kept.account_id = ${match.accountId} and kept.removed_at is null
          and kept.pending_provider_transaction_id = staged.provider_transaction_id
      ) or exists (
        select from transaction_stage successor
        where successor.stage_id = ${match.stageId}
          and successor.pending_provider_transaction_id = staged.provider_transaction_id
      )
    )`.execute(trx);
  return await takeOver(
    trx,
    match,
    sql`
      select kept.id, staged.provider_transaction_id as successor, 'provider' as matched_by
      from transaction_stage staged
      join transactions kept on kept.account_id = ${match.accountId}
        and kept.provider_transaction_id = staged.pending_provider_transaction_id
        and coalesce(staged.provider_updated_at >= kept.provider_updated_at, true)
      where staged.stage_id = ${match.stageId} and staged.pending_provider_transaction_id is not null
        and not exists (
          select from transactions other
          where other.account_id = ${match.accountId}
            and other.provider_transaction_id = staged.provider_transaction_id
        )`,
  );
}

/**
 * Where the provider gives no link: a new posted row takes over a pending one that is gone, when amount
 * and currency are the same, the dates are at most five days apart, and neither has a second candidate.
 */
export async function matchByLikeness(
  trx: Transaction<Schema>,
  match: Match & {
    readonly complete: {
      readonly from: CalendarDate | null;
      readonly to: CalendarDate | null;
    } | null;
    /** What came and could not be taken: it is not gone. */
    readonly rejected: readonly RejectedItem[];
  },
): Promise<number> {
  const { complete } = match;
  const rejected = match.rejected.map(({ providerId }) => providerId).filter((id) => id !== null);
  return await takeOver(
    trx,
    match,
    sql`
      select id, successor, 'likeness' as matched_by
      from (
        select kept.id, staged.provider_transaction_id as successor,
          count(*) over (partition by kept.id) as successors,
          count(*) over (partition by staged.provider_transaction_id) as predecessors
        from transactions kept
        join transaction_stage staged on staged.stage_id = ${match.stageId}
          and staged.status = 'posted' and staged.pending_provider_transaction_id is null
          and staged.amount = kept.amount and staged.currency = kept.currency
          and coalesce(staged.provider_updated_at >= kept.provider_updated_at, true)
          and staged.transacted_at between kept.transacted_at - interval '5 days'
            and kept.transacted_at + interval '5 days'
        where kept.account_id = ${match.accountId} and kept.status = 'pending'
          and kept.provider_transaction_id <> all(${rejected}::text[])
          and not exists (
            select from transaction_stage same
            where same.stage_id = ${match.stageId}
              and same.provider_transaction_id = kept.provider_transaction_id
          )
          and not exists (
            select from transactions known
            where known.account_id = ${match.accountId}
              and known.provider_transaction_id = staged.provider_transaction_id
          )
          and (kept.removed_at is not null or (
            ${complete !== null}
            and (${complete?.from ?? null}::date is null
              or kept.transacted_at >= ${complete?.from ?? null}::date::timestamp at time zone 'utc')
            and (${complete?.to ?? null}::date is null
              or kept.transacted_at < (${complete?.to ?? null}::date + 1)::timestamp at time zone 'utc')
          ))
      ) pairs
      where successors = 1 and predecessors = 1`,
  );
}

/**
 * The content follows with the rest of the stage; here only the identity passes over. `offset 0` has the
 * pairs found first, and the account not even looked at where there are none.
 */
async function takeOver(
  trx: Transaction<Schema>,
  match: Match,
  pairs: ReturnType<typeof sql>,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with renamed as (
      update transactions kept
      set provider_transaction_id = pairs.successor,
        pending_provider_transaction_id = kept.provider_transaction_id,
        matched_by = pairs.matched_by, removed_at = null, changed_at = now(),
        sync_run_id = ${match.syncRunId}
      from (${pairs} offset 0) pairs
      where kept.id = pairs.id and kept.account_id = ${match.accountId}
      returning kept.id, ${fieldsOf('old')} as before, ${fieldsOf('new')} as after
    ), history as (
      insert into transaction_changes (transaction_id, kind, fields, sync_run_id)
      select id, 'changed', ${differingFields}, ${match.syncRunId}
      from renamed
    )
    select count(*)::int as n from renamed`.execute(trx);
  return rows[0]?.n ?? 0;
}
