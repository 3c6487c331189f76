import { sql, type RawBuilder } from 'kysely';
import type { EventType } from '../../config/event-type.ts';

/*
 * What a statement that writes events appends to itself, so that their deliveries are in the same
 * transaction. All take the events from a CTE `event (id, type, account_id, data, created_at)`.
 */

/** Which rows of webhook_endpoints hear of an event of this type. */
const hears = (type: RawBuilder<string>, isChange: RawBuilder<boolean>): RawBuilder<boolean> => sql`
  deleted_at is null and status = 'enabled'
    and (event_types is null or ${type} = any(event_types)) and (unchanged or ${isChange})`;

/** An event that does not say whether there was a change is one. */
const heard = hears(sql`event.type`, sql`coalesce((event.data ->> 'changed')::boolean, true)`);

/** A CTE `delivered (endpoint_id)`: a delivery to each endpoint that wants the event. */
export const deliveriesOfEvents = sql<{ endpoint_id: string }>`(
  insert into deliveries (endpoint_id, event_id, next_attempt_at)
  select endpoint.id, event.id, event.created_at
  from event cross join lateral (
    select id from webhook_endpoints where account_id is null and ${heard}
    union all
    select id from webhook_endpoints where account_id = event.account_id and ${heard}
  ) endpoint
  returning endpoint_id
)`;

/** Behind a CTE `delivered`: has a worker look after these endpoints. */
export const wakesOfDeliveries = sql`
  insert into delivery_wakes (endpoint_id) select distinct endpoint_id from delivered`;

/** Whether any endpoint wants to hear that a sync of this account found nothing new. */
export function hearsOfUnchanged(type: EventType, accountId: string): RawBuilder<boolean> {
  const wanted = sql`unchanged and ${hears(sql`${type}::text`, sql`false`)}`;
  return sql<boolean>`(
    exists (select from webhook_endpoints where account_id is null and ${wanted})
    or exists (select from webhook_endpoints where account_id = ${accountId}::uuid and ${wanted})
  )`;
}
