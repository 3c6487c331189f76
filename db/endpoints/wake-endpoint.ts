import { sql, type Transaction } from 'kysely';
import type { Database } from '../connect.ts';
import type { Schema } from '../schema.ts';

/** The most deliveries that are brought forward at once; the others keep their times. */
const MOST = 10_000;

/**
 * Makes what waits for an endpoint due now, the oldest first, and has a worker look after it. Deliveries
 * that are being sent are left to that.
 */
export async function wakeEndpoint(trx: Transaction<Schema>, endpointId: string): Promise<void> {
  await retryNow(trx, endpointId);
  await trx.insertInto('delivery_wakes').values({ endpoint_id: endpointId }).execute();
}

/** The same where a worker looks already. */
export async function retryNow(
  db: Pick<Database, 'getExecutor'>,
  endpointId: string,
): Promise<void> {
  await sql`
    update deliveries set next_attempt_at = now()
    from (
      select event_id from deliveries
      where endpoint_id = ${endpointId}::uuid and status = 'pending' and next_attempt_at > now()
      order by event_id
      limit ${MOST}
      for no key update skip locked
    ) later
    where endpoint_id = ${endpointId}::uuid and deliveries.event_id = later.event_id`.execute(db);
}
