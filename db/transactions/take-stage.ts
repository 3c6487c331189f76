import { sql, type Transaction } from 'kysely';
import type { Timestamp } from '../../providers/provider.ts';
import type { Schema } from '../schema.ts';
import { StageLost } from './stage-lost.ts';
import { differs } from './transaction-content.ts';
import { differingFields, fieldsOf } from './transaction-history.ts';

/** All but the raw JSON, which is fetched last: it would make the sort ten times as large. */
const FIELDS =
  sql.raw(`provider_transaction_id, status, amount, currency, description, counterparty,
  category, transacted_at, booked_at, value_date, running_balance, pending_provider_transaction_id,
  provider_updated_at, fingerprint`);

/**
 * Brings the stage's rows into `transactions`. Only those that are new, or differ and are not older than
 * what is kept: nothing else is touched, not even locked. What changed goes into the history. Of a newer
 * version with the same content only the version is noted, so that one from between cannot undo it.
 *
 * A kept version that lies in the future was a mistake: whatever is read wins over it.
 *
 * A removed row comes back when its version, or the read that showed it, is newer than the removal.
 *
 * Where a provider tells no version, what was read last is the newest: an account's reads follow each other.
 *
 * A row that was staged without its raw JSON is as we held it then. Throws `StageLost` when another
 * sync has changed ours since, and it would have to be taken after all.
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
  const isChange = sql`(transactions.removed_at is not null or ${differs('transactions', 'excluded')})`;
  const { rows } = await sql<{ added: number; changed: number }>`
    with differing as (
      select staged.*, case when not (${differs('staged', 'kept')}) then kept.id end as same_id
      from (
        select fresh.ctid as place, ${FIELDS}, ordinal from transaction_stage fresh
        where fresh.stage_id = ${stageId} and not exists (
          select from transactions same
          where same.account_id = ${accountId} and same.removed_at is null
            and same.provider_transaction_id = fresh.provider_transaction_id
            and same.fingerprint = fresh.fingerprint
        )
        offset 0
      ) staged
      left join transactions kept on kept.account_id = ${accountId}
        and kept.provider_transaction_id = staged.provider_transaction_id
      where (kept.id is null or (
        (staged.provider_updated_at is null
          or staged.provider_updated_at >= kept.provider_updated_at
          or kept.provider_updated_at is null
          or kept.provider_updated_at > now() + interval '10 minutes')
        and case
          when kept.removed_at is null then
            staged.provider_updated_at > kept.provider_updated_at or kept.fingerprint is null
              or ${differs('staged', 'kept')}
          else staged.provider_updated_at is null
            or greatest(staged.provider_updated_at, ${readAsOf}::timestamptz) > kept.removed_at
        end
      ))
      order by ordinal desc
    ), taken as (
      insert into transactions (account_id, ${FIELDS}, raw, sync_run_id)
      select ${accountId}::uuid, ${FIELDS}, coalesce(
          (select raw from transaction_stage staged where staged.ctid = place),
          (select raw from transactions same where same.id = same_id)
        ), ${syncRunId}::uuid
      from differing
      on conflict (account_id, provider_transaction_id) do update set
        status = excluded.status, amount = excluded.amount, currency = excluded.currency,
        description = excluded.description, counterparty = excluded.counterparty,
        category = excluded.category, transacted_at = excluded.transacted_at,
        booked_at = excluded.booked_at, value_date = excluded.value_date,
        running_balance = excluded.running_balance,
        provider_updated_at = excluded.provider_updated_at,
        fingerprint = excluded.fingerprint, raw = excluded.raw,
        removed_at = null,
        sync_run_id = case when ${isChange} then excluded.sync_run_id else transactions.sync_run_id end,
        changed_at = case when ${isChange} then now() else transactions.changed_at end
      returning new.id, old.id is null as is_new,
        old.removed_at is not null or ${differs('old', 'new')} as is_change,
        case when old.id is not null then ${fieldsOf('old')} end as before,
        case when old.id is not null then ${fieldsOf('new')} end as after
    ), history as (
      insert into transaction_changes (transaction_id, kind, fields, sync_run_id)
      select id, case when before ->> 'removed_at' is null then 'changed' else 'restored' end,
        ${differingFields}, ${syncRunId}
      from taken where not is_new and is_change
    )
    select (count(*) filter (where is_new))::int as added,
      (count(*) filter (where not is_new and is_change))::int as changed
    from taken`
    .execute(trx)
    .catch((error: unknown) => {
      throw isMissingRaw(error) ? new StageLost('rows staged without what they need') : error;
    });
  return rows[0] ?? { added: 0, changed: 0 };
}

/** `transactions.raw` refused a null (23502, not_null_violation). */
function isMissingRaw(error: unknown): boolean {
  const { code, table, column } = error as { code?: string; table?: string; column?: string };
  return code === '23502' && table === 'transactions' && column === 'raw';
}
