import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** In one call. */
const MOST = 10_000;

/**
 * Endpoints at which something has been due for so long, and nobody delivers: their workflow is missing,
 * or was not woken. In no order: those that stay so do not keep the others from their turn.
 */
export async function findOverdueEndpoints(
  db: Database,
  { seconds }: { readonly seconds: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_endpoints endpoint
    where status = 'enabled' and deleted_at is null
      and coalesce(delivering_until, '-infinity') < now()
      and coalesce(rest_until, '-infinity') < now() - ${seconds} * interval '1 second'
      and exists (
        select from deliveries
        where endpoint_id = endpoint.id and status = 'pending'
          and next_attempt_at < now() - ${seconds} * interval '1 second'
      )
    order by random() limit ${MOST}`.execute(db);
  return rows.map(({ id }) => id);
}
