import { sql, type Transaction } from 'kysely';
import type { RejectedItem } from '../../providers/provider.ts';
import type { Schema } from '../schema.ts';

/** Up to so many rows any plan will do. */
const FEW = 1_000;

export interface CheckedStage {
  /** How many rows were found, those included that are now gone. */
  readonly staged: number;
  /** Ids that came more than once, equally new and different: nobody can tell which is true. */
  readonly rejected: readonly RejectedItem[];
}

/**
 * Leaves one row for each id in the stage. Pages overlap when the bank's list moves, and a hint can
 * repeat what an incremental read found: the newest version counts, of those without one the last.
 */
export async function checkStage(trx: Transaction<Schema>, stageId: string): Promise<CheckedStage> {
  const { rows } = await sql<{ staged: number; repeated: number }>`
    select coalesce(sum(n), 0)::int as staged, (count(*) filter (where n > 1))::int as repeated
    from (
      select count(*) as n from transaction_stage where stage_id = ${stageId}
      group by provider_transaction_id
    ) ids`.execute(trx);
  const { staged, repeated } = rows[0] ?? { staged: 0, repeated: 0 };
  if (staged > FEW) await preferHashing(trx);
  if (repeated === 0) return { staged, rejected: [] };

  const conflicting = await sql<{ provider_transaction_id: string; raw: string }>`
    with newest as (
      select *, max(provider_updated_at) over (partition by provider_transaction_id) as latest
      from transaction_stage where stage_id = ${stageId}
    )
    delete from transaction_stage staged
    where staged.stage_id = ${stageId} and staged.provider_transaction_id in (
      select provider_transaction_id from newest
      where provider_updated_at = latest
      group by provider_transaction_id
      having count(distinct (status, amount, currency, description, counterparty, category,
        transacted_at, booked_at, value_date, running_balance, pending_provider_transaction_id)) > 1
    )
    returning provider_transaction_id, coalesce(raw, (
      select kept.raw from transactions kept
      where kept.account_id = staged.account_id
        and kept.provider_transaction_id = staged.provider_transaction_id
    ), 'null')::text as raw`.execute(trx);
  await sql`
    delete from transaction_stage staged
    using (
      select ordinal, row_number() over (
        partition by provider_transaction_id order by provider_updated_at desc, ordinal desc
      ) as place
      from transaction_stage where stage_id = ${stageId}
    ) ranked
    where staged.stage_id = ${stageId} and staged.ordinal = ranked.ordinal and ranked.place > 1`.execute(
    trx,
  );
  const rejected = conflicting.rows.map((row) => ({
    providerId: row.provider_transaction_id,
    reason: 'ambiguous_duplicate',
    raw: row.raw,
  }));
  return { staged, rejected };
}

/**
 * For the rest of the transaction. The planner knows nothing of rows that came this minute, and a
 * nested loop that it deems short takes hours at 100,000 rows.
 */
async function preferHashing(trx: Transaction<Schema>): Promise<void> {
  await sql`select set_config('enable_nestloop', 'off', true), set_config('work_mem', '32MB', true)`.execute(
    trx,
  );
}
