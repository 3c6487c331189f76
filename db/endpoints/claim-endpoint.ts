import { sql } from 'kysely';
import type { Database } from '../connect.ts';

export type ClaimedEndpoint = NonNullable<Awaited<ReturnType<typeof claimEndpoint>>>;

/**
 * Notes that a worker delivers to an endpoint and looks for more by itself for the next `forMs`, so that
 * nobody has to be woken meanwhile. Undefined where nothing is to be sent to it: it is disabled, or
 * deleted.
 */
export async function claimEndpoint(db: Database, endpointId: string, forMs: number) {
  return await db
    .updateTable('webhook_endpoints')
    .set({ delivering_until: sql<Date>`now() + ${forMs} * interval '1 ms'` })
    .where('id', '=', endpointId)
    .where('status', '=', 'enabled')
    .where('deleted_at', 'is', null)
    .returning(['id', 'url', 'account_id', 'payload', 'secret', 'failures', 'updated_at'])
    .returning([
      sql<Buffer | null>`case when old_secret_until > now() then old_secret end`.as('old_secret'),
      sql<number | null>`extract(epoch from now() - failing_since)::float8 * 1000`.as('failing_ms'),
      sql<number | null>`extract(epoch from rest_until - now())::float8 * 1000`.as('rest_ms'),
    ])
    .executeTakeFirst();
}

/**
 * The worker looks for no more by itself. Whoever stores a delivery from here on finds that the endpoint
 * is to be woken; what was stored before is found by a look that follows this.
 */
export async function releaseEndpoint(db: Database, endpointId: string): Promise<void> {
  await db
    .updateTable('webhook_endpoints')
    .set({ delivering_until: null })
    .where('id', '=', endpointId)
    .execute();
}
