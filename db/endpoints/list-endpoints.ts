import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { EndpointStatus } from '../schema.ts';

/** Deliveries that wait are counted up to here. */
export const MOST_COUNTED = 10_000;

const pending = sql<number>`(
  select count(*)::int from (
    select from deliveries
    where endpoint_id = webhook_endpoints.id and status = 'pending'
    limit ${sql.lit(MOST_COUNTED)}
  ) waiting
)`;

function endpointRows(db: Database) {
  return db
    .selectFrom('webhook_endpoints')
    .where('deleted_at', 'is', null)
    .select(['id', 'account_id', 'url', 'description', 'event_types', 'payload', 'unchanged'])
    .select(['status', 'disabled_reason', 'status_changed_at', 'failures', 'failing_since'])
    .select(['rest_until', 'last_success_at', 'last_failure_at', 'created_at', 'updated_at'])
    .select('old_secret_until')
    .select(pending.as('pending'));
}

export type EndpointRow = Awaited<ReturnType<typeof listEndpoints>>[number];

export interface EndpointFilter {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly accountId?: string | undefined;
  readonly status?: EndpointStatus | undefined;
}

/** Endpoints in the order in which they were made, after the one with the id `after`. */
export async function listEndpoints(db: Database, filter: EndpointFilter) {
  const { after, accountId, status } = filter;
  let query = endpointRows(db);
  if (after !== undefined) query = query.where('id', '>', after);
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (status !== undefined) query = query.where('status', '=', status);
  return await query.orderBy('id').limit(filter.limit).execute();
}

export async function findEndpoint(db: Database, id: string): Promise<EndpointRow | undefined> {
  return await endpointRows(db).where('id', '=', id).executeTakeFirst();
}
