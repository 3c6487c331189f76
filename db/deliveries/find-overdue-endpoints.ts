import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** In one round of the reconciler. */
const MOST = 1_000;

/**
 * Endpoints at which something has been due for a minute, and nobody delivers: their workflow is missing,
 * or was not woken.
 */
export async function findOverdueEndpoints(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_endpoints endpoint
    where status = 'enabled' and deleted_at is null
      and coalesce(delivering_until, '-infinity') < now()
      and coalesce(rest_until, '-infinity') < now() - interval '1 minute'
      and exists (
        select from deliveries
        where endpoint_id = endpoint.id and status = 'pending'
          and next_attempt_at < now() - interval '1 minute'
      )
    order by id limit ${MOST}`.execute(db);
  return rows.map(({ id }) => id);
}
