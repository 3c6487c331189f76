import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Rows in one call. */
const MOST = 1_000;

/**
 * Takes the endpoints for which something new was stored, and answers with those that a workflow has to
 * be woken for: not those to which a worker delivers already and looks for more by itself, nor those
 * that rest, whose workflow wakes up at the end of it.
 */
export async function takeWakes(db: Database): Promise<string[]> {
  const { rows } = await sql<{ endpoint_id: string }>`
    delete from delivery_wakes where ctid = any(array(
      select ctid from delivery_wakes limit ${MOST} for update skip locked
    ))
    returning endpoint_id`.execute(db);
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.endpoint_id))];
  // A statement of its own, which sees what workers noted until now: one that has stopped looking by
  // itself did so before its last look, which may have missed what these rows told of.
  const asleep = await db
    .selectFrom('webhook_endpoints')
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    // One that was deleted is woken to end.
    .where(
      sql<boolean>`(deleted_at is not null or (status = 'enabled'
        and coalesce(delivering_until, '-infinity') < now()
        and coalesce(rest_until, '-infinity') < now()))`,
    )
    .select('id')
    .execute();
  return asleep.map(({ id }) => id);
}
