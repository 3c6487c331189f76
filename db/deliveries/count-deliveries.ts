import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { EndpointStatus } from '../schema.ts';

export interface DeliveryCounts {
  readonly pending: number;
  /** Since the oldest of them came about; 0: none waits. */
  readonly oldestSeconds: number;
  readonly endpoints: Readonly<Record<EndpointStatus, number>>;
}

/** What waits to be delivered, for the metrics. */
export async function countDeliveries(db: Database): Promise<DeliveryCounts> {
  const { rows } = await sql<{
    pending: number;
    oldest: number | null;
    enabled: number;
    disabled: number;
  }>`
    select count(*) filter (where status = 'enabled')::int as enabled,
      count(*) filter (where status = 'disabled')::int as disabled,
      coalesce(sum(waiting.n) filter (where status = 'enabled'), 0)::int as pending,
      extract(epoch from now() - min(waiting.oldest) filter (where status = 'enabled'))::float8 as oldest
    from webhook_endpoints
    left join (
      select endpoint_id, count(*) as n, min(uuid_extract_timestamp(event_id)) as oldest
      from deliveries where status = 'pending' group by endpoint_id
    ) waiting on waiting.endpoint_id = webhook_endpoints.id
    where deleted_at is null`.execute(db);
  const [counts = { pending: 0, oldest: null, enabled: 0, disabled: 0 }] = rows;
  const { pending, oldest, enabled, disabled } = counts;
  return { pending, oldestSeconds: oldest ?? 0, endpoints: { enabled, disabled } };
}
