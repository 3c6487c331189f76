import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { BudgetPace } from './budget-pace.ts';

export interface TakenCalls {
  /** 0: a call of each is taken; else none is, and there will be room in so many milliseconds. */
  readonly waitMs: number;
  /** When that was so, by the database's clock: microseconds since the epoch. */
  readonly atMicros: number;
}

/**
 * Takes one call of each of these budgets, or of none: the generic cell rate algorithm, by the database's
 * clock, exact however many ask at a time. One statement, which holds the rows for no longer than it
 * runs; the first call of a key, or the first after its row was deleted, needs three.
 *
 * @param paces by key. Not empty.
 */
export async function takeCalls(
  db: Database,
  paces: ReadonlyMap<string, BudgetPace>,
): Promise<TakenCalls> {
  const keys = [...paces.keys()];
  for (;;) {
    const taken = await takeFromRows(db, keys, [...paces.values()]);
    if (taken) return taken;
    await addRows(db, keys);
  }
}

/**
 * Null where a key has no row. Rows are locked in the order of their keys, by everybody, so that nobody
 * waits in a circle; the clock is read once they are held. No budget is used up further than its burst
 * and a step, unless the clock was set back: that counts as used up, and no more.
 */
async function takeFromRows(
  db: Database,
  keys: readonly string[],
  paces: readonly BudgetPace[],
): Promise<TakenCalls | null> {
  const steps = paces.map(({ stepMs }) => stepMs);
  const slacks = paces.map(({ burst, stepMs }) => (burst - 1) * stepMs);
  const { rows } = await sql<{ isWhole: boolean; waitMs: number; atMicros: number }>`
    with asked as (
      select key, step * interval '1 ms' as step, slack * interval '1 ms' as slack
      from unnest(${keys}::text[], ${steps}::float8[], ${slacks}::float8[]) as asked (key, step, slack)
    ), held as materialized (
      select budget.key, budget.arrival, asked.step, asked.slack
      from provider_budgets budget join asked on asked.key = budget.key
      order by budget.key
      for no key update of budget
    ), clock as materialized (
      select clock_timestamp() as at, rows from (select count(*) as rows from held) counted
    ), known as materialized (
      select key, step, slack, least(arrival, at + slack + step) as arrival from held, clock
    ), verdict as materialized (
      select at, rows = ${keys.length} as is_whole,
        coalesce((select max(arrival - slack) from known), at) as room_at
      from clock
    ), taken as (
      update provider_budgets budget set arrival = greatest(known.arrival, at) + step
      from known, verdict
      where budget.key = known.key and is_whole and room_at <= at
    )
    select is_whole as "isWhole",
      greatest(ceil(extract(epoch from room_at - at) * 1000), 0)::float8 as "waitMs",
      (extract(epoch from at) * 1000000)::float8 as "atMicros"
    from verdict`.execute(db);
  const [verdict] = rows;
  if (!verdict?.isWhole) return null;
  const { waitMs, atMicros } = verdict;
  return { waitMs, atMicros };
}

/** Nothing of them is used up. */
async function addRows(db: Database, keys: readonly string[]): Promise<void> {
  await sql`
    insert into provider_budgets (key, arrival)
    select key, clock_timestamp() from unnest(${keys}::text[]) as key order by key collate "C"
    on conflict do nothing`.execute(db);
}
