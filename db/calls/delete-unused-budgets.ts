import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DealtWith } from '../webhooks/dealt-with.ts';

export interface UnusedBudgets {
  /** For so long nothing of it has been used up: soon used again, its row would only be made again. */
  readonly minutes: number;
  readonly most: number;
}

/** Deletes at most `most` rows of budgets of which nothing is used up. Waits for nobody. */
export async function deleteUnusedBudgets(
  db: Database,
  { minutes, most }: UnusedBudgets,
): Promise<DealtWith<string>> {
  const { rows } = await sql<{ key: string }>`
    with unused as materialized (
      select key from provider_budgets
      where arrival < clock_timestamp() - ${minutes} * interval '1 minute'
      limit ${most}
      for update skip locked
    )
    delete from provider_budgets where key = any(array(select key from unused))
    returning key`.execute(db);
  return { rows: rows.length, last: rows.at(-1)?.key ?? null };
}
