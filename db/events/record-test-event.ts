import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/**
 * Records a `webhook.test` with its delivery to one endpoint, whatever that wants to hear of, and ends its rest: it is to
 * be tried now. Answers with its id.
 */
export async function recordTestEvent(db: Database, endpointId: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with event as (
      insert into events (type, data)
      values ('webhook.test', jsonb_build_object('endpoint_id', ${endpointId}::uuid))
      returning id, created_at
    ), delivered as (
      insert into deliveries (endpoint_id, event_id, next_attempt_at)
      select ${endpointId}::uuid, id, created_at from event
    ), rested as (
      update webhook_endpoints set rest_until = null, updated_at = now()
      where id = ${endpointId}::uuid and rest_until is not null
    ), woken as (
      insert into delivery_wakes (endpoint_id) values (${endpointId}::uuid)
    )
    select id from event`.execute(db);
  const [event] = rows;
  if (!event) throw new Error('the event was not stored');
  return event.id;
}
