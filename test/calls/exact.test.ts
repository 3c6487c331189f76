import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { budgetPace } from '../../db/calls/budget-pace.ts';
import { takeCalls } from '../../db/calls/take-calls.ts';
import { deleteUnusedBudgets } from '../../db/calls/delete-unused-budgets.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { eventually } from '../support/eventually.ts';
import { startProcess } from '../support/start-node-process.ts';
import type { Grant, TakingPlan } from './taking-plan.ts';

const PROCESSES = 3;
const BUDGETS = { 'bank client': 60, 'bank one': 12, 'bank two': 30, 'bank three': 1 };
/** Short, so that many of them pass. */
const WINDOW_MS = 700;

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  await db.deleteFrom('provider_budgets').execute();
});

/** What processes are given that take at the same time. */
async function takeAll(seed: number, meanwhile: () => Promise<unknown>): Promise<Grant[]> {
  const running = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => {
      const plan: TakingPlan = {
        seed: seed + 1_000 * index,
        callers: 4,
        windows: 8,
        windowMs: WINDOW_MS,
        budgets: BUDGETS,
      };
      return startProcess('test/calls/taking-main.ts', {
        FRESHET_DATABASE_URL: database.url,
        TEST_PLAN: JSON.stringify(plan),
      });
    }),
  );
  const done = new AbortController();
  const others = (async () => {
    while (!done.signal.aborted) await meanwhile();
  })();
  const lines = await Promise.all(running.map((one) => one.logged('taken', 60_000))).finally(() =>
    done.abort(),
  );
  await others;
  const refused = lines.map((line) => line['refused'] as number);
  expect(Math.min(...refused)).toBeGreaterThan(0);
  return lines.flatMap((line) => line['grants'] as Grant[]).sort((a, b) => a.at - b.at);
}

/** No window has more than it may; answers with where each budget should stand then, in microseconds. */
function expectKept(grants: readonly Grant[]): Map<string, number> {
  const arrivals = new Map<string, number>();
  for (const [key, calls] of Object.entries(BUDGETS)) {
    const times = grants.filter(({ keys }) => keys.includes(key)).map(({ at }) => at);
    // It came to the limit, and went on from there.
    expect(times.length).toBeGreaterThan(calls);
    const { stepMs } = budgetPace(calls, WINDOW_MS);
    const gaps = times.slice(calls).map((at, index) => at - (times[index] ?? 0));
    // Postgres rounds each step to a microsecond.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(WINDOW_MS * 1_000 - calls);
    let arrival = 0;
    for (const at of times) arrival = Math.max(arrival, at) + stepMs * 1_000;
    arrivals.set(key, arrival);
  }
  return arrivals;
}

it('callers in several processes are never given more than there is, and of each budget or of none', async () => {
  const seed = Math.floor(Math.random() * 1e9);
  console.log(`seed ${seed}`);
  const arrivals = expectKept(await takeAll(seed, () => delay(50)));
  const { rows } = await sql<{ key: string; at: number }>`
    select key, (extract(epoch from arrival) * 1000000)::float8 as at from provider_budgets`.execute(
    db,
  );
  // Had one been refused and taken something all the same, its budget would stand elsewhere.
  const distances = rows.map(({ key, at }) => Math.abs(at - (arrivals.get(key) ?? 0)));
  expect(rows).toHaveLength(Object.keys(BUDGETS).length);
  for (const distance of distances) expect(distance).toBeLessThan(1_000);
});

it('nor while rows of unused budgets are deleted all the time', async () => {
  const seed = Math.floor(Math.random() * 1e9);
  console.log(`seed ${seed}`);
  let deleted = 0;
  const grants = await takeAll(seed, async () => {
    deleted += (await deleteUnusedBudgets(db, { minutes: 0, most: 2 })).rows;
  });
  expectKept(grants);
  expect(deleted).toBeGreaterThan(0);
});

it('a call that had to wait for another counts from when it had its turn', async () => {
  const paces = new Map([['bank client', budgetPace(10)]]);
  await takeCalls(db, paces);
  const other = await db.startTransaction().execute();
  await sql`select from provider_budgets for update`.execute(other);
  const taking = takeCalls(db, paces);
  await eventually(async () => {
    const { rows } = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    return rows.length === 1;
  });
  const { rows } = await sql<{ at: number }>`
    select (extract(epoch from clock_timestamp()) * 1000000)::float8 as at`.execute(other);
  await other.commit().execute();
  expect((await taking).atMicros).toBeGreaterThan(rows[0]?.at ?? Number.POSITIVE_INFINITY);
});
