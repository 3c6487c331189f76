import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { ENABLED } from './enabled.ts';
import { wakeEndpoint } from './wake-endpoint.ts';

/**
 * Enables an endpoint: its failures are forgotten, and what waits for it is sent at once, also where it was
 * enabled. Answers whether there is one.
 */
export async function enableEndpoint(db: Database, id: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const enabled = await trx
      .updateTable('webhook_endpoints')
      .set({ ...ENABLED, updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!enabled) return false;
    await wakeEndpoint(trx, id);
    return true;
  });
}
