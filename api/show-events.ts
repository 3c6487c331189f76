import type { Database } from '../db/connect.ts';
import type { EventRow } from '../db/events/event-columns.ts';
import { loadContents } from '../db/events/load-contents.ts';
import type { EndpointPayload } from '../db/schema.ts';
import { renderEvent, type EventBody } from '../events/render-event.ts';

/** Events as their deliveries hold them. */
export async function showEvents(
  db: Database,
  events: readonly EventRow[],
  payload: EndpointPayload,
): Promise<EventBody[]> {
  const contents = await loadContents(
    db,
    events.map((event) => ({ event, payload })),
  );
  return events.map((event) => renderEvent(event, payload, contents));
}
