import { sql } from 'kysely';
import { accountsToRun, type AccountToRun } from './account-to-run.ts';
import type { Database } from '../connect.ts';

/** In so many rounds every account is looked at once; in fewer where there are few. */
const MOST_SLICES = 60;
const SLICE = 250;
/** What one round can look at. Where a sixtieth is more, another part of it is taken at random each hour. */
const MOST = 5_000;

/** From 0 to 59, by the random end of the id. As it is indexed. */
const PLACE = sql<number>`mod(get_byte(uuid_send(accounts.id), 14) * 256
  + get_byte(uuid_send(accounts.id), 15), 60)`;

/**
 * A slice of the linked accounts, another one in each round, for what shows in no other way.
 */
export async function accountsOfRound(db: Database, round: number): Promise<AccountToRun[]> {
  const slices = await slicesOf(db);
  const slice = round % slices;
  const from = Math.ceil((slice * MOST_SLICES) / slices);
  const to = Math.ceil(((slice + 1) * MOST_SLICES) / slices);
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where(sql<boolean>`${PLACE} >= ${from} and ${PLACE} < ${to}`)
    .orderBy(sql`random()`)
    .limit(MOST)
    .execute();
}

/** Counts no further than it matters. */
async function slicesOf(db: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count
    from (select from accounts where unlinked_at is null limit ${MOST_SLICES * SLICE}) linked`.execute(
    db,
  );
  return Math.min(Math.max(Math.ceil((rows[0]?.count ?? 0) / SLICE), 1), MOST_SLICES);
}
