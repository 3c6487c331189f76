import type { Database } from '../../db/connect.ts';
import { loadContents, type EventContents } from '../../db/events/load-contents.ts';
import type { EndpointPayload } from '../../db/schema.ts';
import type { LoadedDelivery } from './due-loader.ts';

/** What was read so long ago is read again before it is sent: it may have changed, or been erased. */
const STALE_AFTER_MS = 2_000;

/** The rows that an event tells of, as they stand now or a moment ago. */
export function freshContents(
  db: Database,
  delivery: LoadedDelivery,
  payload: EndpointPayload,
): EventContents | Promise<EventContents> {
  const { contents, loadedAt, loadedFor } = delivery;
  const isFresh = loadedFor === payload && Date.now() - loadedAt < STALE_AFTER_MS;
  return isFresh ? contents : loadContents(db, [{ event: delivery, payload }]);
}
