import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Rows in one statement: few enough that nothing waits long for it. */
const BATCH = 2_000;

/** Erases what receivers answered to the events of a connection and of its accounts: it may repeat what they were sent. */
export async function eraseAnswers(
  db: Database,
  connectionId: string,
  onBatch: () => void,
): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      update delivery_attempts set response_start = null where ctid = any(array(
        select attempt.ctid from events event
        join delivery_attempts attempt on attempt.event_id = event.id
        where event.connection_id = ${connectionId}::uuid and attempt.response_start is not null
        limit ${BATCH}
      ))`.execute(db);
    if (numAffectedRows === 0n) return;
    onBatch();
  }
}
