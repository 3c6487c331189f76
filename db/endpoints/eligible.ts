import { sql } from 'kysely';

/*
 * Of an `endpoint` and an `event`, as they are named in the query. What is written with the events themselves
 * (db/events/outbox.ts) asks the same in its own words, as it is the faster for them.
 */

/** Whether the endpoint may be sent the event at all: an account's own gets only that account's, a test only who asked for it. */
export const mayHear = sql<boolean>`(
  (endpoint.account_id is null or endpoint.account_id = event.account_id)
  and (event.type <> 'webhook.test' or event.data ->> 'endpoint_id' = endpoint.id::text)
)`;

/** Whether it has asked to hear of such events. */
export const wantsToHear = sql<boolean>`(
  (endpoint.event_types is null or event.type = any(endpoint.event_types))
  and (endpoint.unchanged or coalesce((event.data ->> 'changed')::boolean, true))
)`;
