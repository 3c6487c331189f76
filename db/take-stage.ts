import { sql, type Transaction } from 'kysely';
import type { Timestamp } from '../providers/provider.ts';
import { differingFields, fieldsOf } from './transaction-history.ts';
import type { Schema } from './schema.ts';

/**
 * Brings the stage's rows into `transactions`. Only those that are new, or differ and are not older than
 * what is kept: nothing else is touched, not even locked. What changed goes into the history.
 *
 * A removed row comes back when its version, or the read that showed it, is newer than the removal.
 */
export async function takeStage(
  trx: Transaction<Schema>,
  stage: {
    readonly stageId: string;
    readonly accountId: string;
    readonly syncRunId: string;
    /** The bank's time of the oldest read. */
    readonly readAsOf: Timestamp | null;
  },
): Promise<{ added: number; changed: number }> {
  const { stageId, accountId, syncRunId, readAsOf } = stage;
  const { rows } = await sql<{ added: number; changed: number }>`
    with differing as (
      select staged.*
      from transaction_stage staged
      left join transactions kept on kept.account_id = ${accountId}
        and kept.provider_transaction_id = staged.provider_transaction_id
      where staged.stage_id = ${stageId} and (kept.id is null or (
        staged.provider_updated_at >= kept.provider_updated_at and case
          when kept.removed_at is null then
            (staged.status, staged.amount, staged.currency, staged.description, staged.counterparty,
             staged.category, staged.transacted_at, staged.booked_at, staged.value_date,
             staged.running_balance)
            is distinct from
            (kept.status, kept.amount, kept.currency, kept.description, kept.counterparty,
             kept.category, kept.transacted_at, kept.booked_at, kept.value_date,
             kept.running_balance)
          else greatest(staged.provider_updated_at, ${readAsOf}::timestamptz) > kept.removed_at
        end
      ))
    ), taken as (
      insert into transactions (account_id, provider_transaction_id, status, amount, currency,
        description, counterparty, category, transacted_at, booked_at, value_date, running_balance,
        pending_provider_transaction_id, provider_updated_at, raw, sync_run_id)
      select ${accountId}::uuid, provider_transaction_id, status, amount, currency,
        description, counterparty, category, transacted_at, booked_at, value_date, running_balance,
        pending_provider_transaction_id, provider_updated_at, raw, ${syncRunId}::uuid
      from differing
      order by ordinal desc
      on conflict (account_id, provider_transaction_id) do update set
        status = excluded.status, amount = excluded.amount, currency = excluded.currency,
        description = excluded.description, counterparty = excluded.counterparty,
        category = excluded.category, transacted_at = excluded.transacted_at,
        booked_at = excluded.booked_at, value_date = excluded.value_date,
        running_balance = excluded.running_balance,
        provider_updated_at = excluded.provider_updated_at, raw = excluded.raw,
        sync_run_id = excluded.sync_run_id, removed_at = null, changed_at = now()
      returning new.id, old.id is null as is_new,
        case when old.id is not null then ${fieldsOf('old')} end as before,
        case when old.id is not null then ${fieldsOf('new')} end as after
    ), history as (
      insert into transaction_changes (transaction_id, kind, fields, sync_run_id)
      select id, case when before ->> 'removed_at' is null then 'changed' else 'restored' end,
        ${differingFields}, ${syncRunId}
      from taken where not is_new
    )
    select (count(*) filter (where is_new))::int as added,
      (count(*) filter (where not is_new))::int as changed
    from taken`.execute(trx);
  return rows[0] ?? { added: 0, changed: 0 };
}
