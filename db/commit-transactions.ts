import { sql, type Transaction } from 'kysely';
import type { CalendarDate, JsonValue, Timestamp } from '../providers/provider.ts';
import type { Database } from './connect.ts';
import { finishSyncRun, type SyncCounts } from './finish-sync-run.ts';
import { markRemoved, removeAbsent, type Removal } from './remove-transactions.ts';
import { openSyncCommit } from './open-sync-commit.ts';
import type { Schema } from './schema.ts';

export interface TransactionsCommit {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly stageId: string;
  /** How many rows were staged: fewer found means that the server lost them in a crash. */
  readonly staged: number;
  /** Told by webhooks or pages to be gone, in the order of the bank's time. */
  readonly removals: readonly Removal[];
  /** The dates for which the stage holds everything there is; null when it proves no absence. */
  readonly complete: {
    readonly from: CalendarDate | null;
    readonly to: CalendarDate | null;
  } | null;
  /** The bank's time of the oldest read of this sync; null when nothing was read. */
  readonly readAsOf: Timestamp | null;
  readonly dataAsOf: Timestamp;
  /** Null leaves the cursor where it is. */
  readonly cursor: { readonly value: JsonValue; readonly full: boolean } | null;
  readonly webhookIds: readonly string[];
  readonly nextSyncAt: string | null;
}

/** The stage does not hold what was put into it: the sync must read again. */
export class StageLost extends Error {
  override readonly name = 'StageLost';
}

/**
 * Commits a sync of transactions in one transaction: rows, removals, cursor, the record of the
 * sync, freshness and webhooks. A row changes only where its content does, and never to an older
 * version. Throws `StageLost` or `SyncRefused`.
 */
export async function commitTransactions(
  db: Database,
  commit: TransactionsCommit,
): Promise<SyncCounts> {
  const { accountId, syncRunId, readAsOf } = commit;
  return await db.transaction().execute(async (trx) => {
    const earlier = await openSyncCommit(trx, accountId, syncRunId);
    if (earlier) return earlier;

    let removed = await markRemoved(trx, commit, commit.removals);
    const { staged, added, changed } = await takeStage(trx, commit);
    if (staged !== commit.staged) throw new StageLost(`${staged} of ${commit.staged} rows staged`);
    if (commit.complete && readAsOf) {
      removed += await removeAbsent(trx, { ...commit, complete: commit.complete, readAsOf });
    }
    await trx.deleteFrom('transaction_stage').where('stage_id', '=', commit.stageId).execute();
    if (commit.cursor) await moveCursor(trx, accountId, commit.cursor);

    const counts = { fetched: staged, added, changed, removed };
    await finishSyncRun(trx, { ...commit, product: 'transaction', counts });
    return counts;
  });
}

async function takeStage(
  trx: Transaction<Schema>,
  commit: TransactionsCommit,
): Promise<{ staged: number; added: number; changed: number }> {
  // Of an id that came twice (pages overlap when the bank's list moves), the newest version counts,
  // then the last one read.
  const { rows } = await sql<{ staged: number; added: number; changed: number }>`
    with staged as (
      select distinct on (provider_transaction_id) *
      from transaction_stage
      where stage_id = ${commit.stageId}
      order by provider_transaction_id, provider_updated_at desc, ordinal desc
    ), taken as (
      insert into transactions as kept (account_id, provider_transaction_id, status, amount, currency, description,
        counterparty, category, transacted_at, booked_at, running_balance, pending_provider_transaction_id,
        provider_updated_at, raw, sync_run_id)
      select account_id, provider_transaction_id, status, amount, currency, description, counterparty, category,
        transacted_at, booked_at, running_balance, pending_provider_transaction_id, provider_updated_at, raw,
        ${commit.syncRunId}::uuid
      from staged
      order by ordinal desc
      on conflict (account_id, provider_transaction_id) do update set
        status = excluded.status, amount = excluded.amount, currency = excluded.currency,
        description = excluded.description, counterparty = excluded.counterparty, category = excluded.category,
        transacted_at = excluded.transacted_at, booked_at = excluded.booked_at,
        running_balance = excluded.running_balance,
        pending_provider_transaction_id = excluded.pending_provider_transaction_id,
        provider_updated_at = excluded.provider_updated_at, raw = excluded.raw, sync_run_id = excluded.sync_run_id,
        removed_at = null, changed_at = now()
      where excluded.provider_updated_at >= kept.provider_updated_at and case
        when kept.removed_at is null then
          (excluded.status, excluded.amount, excluded.currency, excluded.description, excluded.counterparty,
           excluded.category, excluded.transacted_at, excluded.booked_at, excluded.running_balance,
           excluded.pending_provider_transaction_id)
          is distinct from
          (kept.status, kept.amount, kept.currency, kept.description, kept.counterparty,
           kept.category, kept.transacted_at, kept.booked_at, kept.running_balance,
           kept.pending_provider_transaction_id)
        else greatest(excluded.provider_updated_at, ${commit.readAsOf}::timestamptz) > kept.removed_at
      end
      returning old.id is null as is_new
    )
    select
      (select count(*)::int from transaction_stage where stage_id = ${commit.stageId}) as staged,
      (select count(*)::int from taken where is_new) as added,
      (select count(*)::int from taken where not is_new) as changed`.execute(trx);
  return rows[0] ?? { staged: 0, added: 0, changed: 0 };
}

async function moveCursor(
  trx: Transaction<Schema>,
  accountId: string,
  cursor: { readonly value: JsonValue; readonly full: boolean },
): Promise<void> {
  const value = JSON.stringify(cursor.value);
  await sql`
    insert into sync_cursors (account_id, product, cursor, full_at)
    values (${accountId}, 'transaction', ${value}::jsonb, now())
    on conflict (account_id, product) do update set cursor = excluded.cursor, updated_at = now(),
      full_at = case when ${cursor.full} then now() else sync_cursors.full_at end`.execute(trx);
}
