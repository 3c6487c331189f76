import { sql, type Transaction } from 'kysely';
import type { CalendarDate, Timestamp } from '../providers/provider.ts';
import type { Schema } from './schema.ts';

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
 * Marks the named transactions as removed, where what is stored is not newer than the removal.
 * Answers with how many it marked.
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
  const result = await sql`
    update transactions kept
    set removed_at = gone.removed_at, changed_at = now(), sync_run_id = ${by.syncRunId}
    from (
      select provider_transaction_id, max(removed_at) as removed_at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as list(provider_transaction_id text, removed_at timestamptz)
      group by provider_transaction_id
    ) gone
    where kept.account_id = ${by.accountId} and kept.provider_transaction_id = gone.provider_transaction_id
      and kept.removed_at is null and kept.provider_updated_at <= gone.removed_at`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * Marks as removed what we hold and the bank, in a complete read of these dates, did not. Rows
 * newer than the read are left. Answers with how many it marked.
 */
export async function removeAbsent(
  trx: Transaction<Schema>,
  by: By & {
    readonly stageId: string;
    readonly complete: { readonly from: CalendarDate | null; readonly to: CalendarDate | null };
    readonly readAsOf: Timestamp;
  },
): Promise<number> {
  const { from, to } = by.complete;
  const result = await sql`
    update transactions kept
    set removed_at = ${by.readAsOf}::timestamptz, changed_at = now(), sync_run_id = ${by.syncRunId}
    where account_id = ${by.accountId} and removed_at is null
      and provider_updated_at <= ${by.readAsOf}::timestamptz
      and (${from}::date is null or transacted_at >= ${from}::date::timestamp at time zone 'utc')
      and (${to}::date is null or transacted_at < (${to}::date + 1)::timestamp at time zone 'utc')
      and not exists (
        select from transaction_stage staged
        where staged.stage_id = ${by.stageId}
          and staged.provider_transaction_id = kept.provider_transaction_id
      )`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}
