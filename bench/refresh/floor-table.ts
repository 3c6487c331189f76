import { sql } from 'kysely';
import type { Database } from '../../db/connect.ts';
import type { FloorActivities } from './bare-workflows.ts';

/** A channel on which both sides tell of a committed row; the payload is the account's id. */
export const CHANNEL = 'bench_committed';

/**
 * The floor's table, and a trigger on it and on `balances`: Postgres sends its notification once the
 * transaction of the row has committed.
 */
export async function createFloorTable(db: Database): Promise<void> {
  await sql
    .raw(
      `create table floor_rows (
         id bigint generated always as identity primary key,
         account_id text not null,
         amount numeric not null
       );
       create function tell_committed() returns trigger language plpgsql as $$
         begin perform pg_notify('${CHANNEL}', new.account_id::text); return null; end $$;
       create trigger told after insert or update on floor_rows
         for each row execute function tell_committed();
       create trigger told after insert or update on balances
         for each row execute function tell_committed();`,
    )
    .execute(db);
}

/** One row in one statement. */
export function insertFloorRow(db: Database): FloorActivities['insertRow'] {
  return async ({ accountId, amount }) => {
    await sql`insert into floor_rows (account_id, amount) values (${accountId}, ${amount})`.execute(
      db,
    );
  };
}
