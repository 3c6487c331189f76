import type { Database } from '../../db/connect.ts';
import { findDue, type DueDelivery } from '../../db/deliveries/find-due.ts';
import { loadContents, type EventContents } from '../../db/events/load-contents.ts';
import type { EndpointPayload } from '../../db/schema.ts';

/** Events taken at a time: at first, and at the most. */
const FIRST_BATCH = 32;
const LARGEST_BATCH = 256;
/** What a batch tells of is read with it, and gets old while it waits: it should last no longer. */
const BATCH_MS = 500;

const SHORTEST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

/** With the rows that its body tells of. */
export type LoadedDelivery = DueDelivery & {
  readonly contents: EventContents;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
  readonly loadedFor: EndpointPayload;
};

/** Reads what is due at an endpoint: at once while there is more, else now and then. */
export interface DueLoader {
  /** When it should be asked again, in milliseconds since the epoch. */
  readonly nextAt: number;
  /** Asked for more when so many are left. */
  readonly lowWater: number;
  load(payload: EndpointPayload, except: readonly string[]): Promise<readonly LoadedDelivery[]>;
}

export function createDueLoader(db: Database, endpointId: string): DueLoader {
  let batch = FIRST_BATCH;
  let wasFull = false;
  let loadedAt = 0;
  let nextAt = 0;
  let pollMs = SHORTEST_POLL_MS;

  return {
    get nextAt() {
      return nextAt;
    },
    get lowWater() {
      return batch / 2;
    },
    async load(payload, except) {
      const now = Date.now();
      if (wasFull) batch = now - loadedAt < BATCH_MS ? batch * 2 : Math.round(batch / 2);
      batch = Math.min(Math.max(batch, FIRST_BATCH), LARGEST_BATCH);
      loadedAt = now;
      const due = await findDue(db, endpointId, { limit: batch, except });
      wasFull = due.length === batch;
      pollMs = due.length > 0 ? SHORTEST_POLL_MS : Math.min(pollMs * 1.5, LONGEST_POLL_MS);
      nextAt = wasFull ? 0 : Date.now() + pollMs;
      if (due.length === 0) return [];
      const contents = await loadContents(
        db,
        due.map((event) => ({ event, payload })),
      );
      return due.map((delivery) => ({ ...delivery, contents, loadedAt, loadedFor: payload }));
    },
  };
}
