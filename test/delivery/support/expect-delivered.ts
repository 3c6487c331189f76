import { expect } from 'vitest';
import type { Database } from '../../../db/connect.ts';
import { EVENT_COLUMNS, type EventRow } from '../../../db/events/event-columns.ts';
import { eventually } from '../../support/eventually.ts';
import type { Listener } from './audience.ts';
import type { MoodyReceiver } from './moody-receiver.ts';

/** A receiver, and its endpoint. */
export interface Hearing {
  readonly listener: Listener;
  readonly receiver: MoodyReceiver;
  readonly endpointId: string;
  /** Whose own it is; null: it hears of all. */
  readonly accountId: string | null;
}

const MOST_SHOWN = 15;

/** Waits until nothing is left to deliver. */
export async function untilDelivered(
  db: Database,
  hearings: readonly Hearing[],
  timeoutMs: number,
): Promise<void> {
  let left: unknown[] = [];
  await eventually(
    async () => {
      left = await db
        .selectFrom('deliveries')
        .innerJoin('events', 'events.id', 'event_id')
        .innerJoin('webhook_endpoints as endpoint', 'endpoint.id', 'endpoint_id')
        .where('deliveries.status', '=', 'pending')
        .select(['endpoint_id', 'event_id', 'type', 'attempts', 'next_attempt_at'])
        .select(['last_status_code', 'last_error_code', 'endpoint.status', 'endpoint.failures'])
        .select(['rest_until', 'delivering_until'])
        .limit(MOST_SHOWN)
        .execute();
      return left.length === 0;
    },
    { timeoutMs, everyMs: 250 },
  ).catch((cause: unknown) => {
    const names = hearings.map(({ endpointId, listener }) => `${endpointId}: ${listener.name}`);
    throw new Error(
      `after ${timeoutMs} ms there wait, among others, ${JSON.stringify(left, null, 1)}\n${names.join('\n')}\nat ${new Date().toISOString()}`,
      { cause },
    );
  });
}

function wants({ listener, accountId }: Hearing, event: EventRow): boolean {
  const isUnchanged = 'changed' in event.data && event.data.changed === false;
  return (
    (accountId === null || accountId === event.account_id) &&
    (listener.types?.includes(event.type) ?? true) &&
    (listener.unchanged === true || !isUnchanged)
  );
}

/**
 * That every receiver has taken every event that its endpoint wants, and was sent no other; and that what is stored
 * of its deliveries is what has happened.
 */
export async function expectDelivered(db: Database, hearings: readonly Hearing[]): Promise<void> {
  const events = await db.selectFrom('events').select(EVENT_COLUMNS).orderBy('id').execute();
  const deliveries = await loadDeliveries(db);
  const wrong: string[] = [];

  for (const hearing of hearings) {
    const { listener, receiver, endpointId } = hearing;
    const known = new Map(events.map((event) => [event.id, event]));
    for (const event of events) {
      const seen = receiver.seen.get(event.id) ?? [];
      const delivery = deliveries.get(`${endpointId} ${event.id}`);
      const taken = seen.filter(({ status }) => isSuccess(status)).length;
      const say = (what: string): void => {
        const shown = delivery
          ? `${delivery.status}, attempts ${JSON.stringify(delivery.attempts)}`
          : 'no delivery';
        const requests = seen.map(({ status }) => status ?? 'none').join(' ');
        wrong.push(
          `${what}: ${event.type} ${event.id} (${event.sequence} of ${event.account_id}) at “${listener.name}” ${endpointId}: ${shown}; it answered [${requests}]`,
        );
      };
      if (!wants(hearing, event)) {
        if (delivery) say('not wanted, and to be delivered');
        if (seen.length > 0) say('not wanted, and sent');
        continue;
      }
      if (taken === 0) say('never taken');
      else if (delivery?.status !== 'delivered') say('taken, and not delivered');
      const stored = delivery?.attempts ?? [];
      if (stored.filter(isSuccess).length > taken) say('more successes than there were');
      if (stored.filter((code) => code !== null).length > seen.length) say('more than was sent');
      for (const { body } of seen) {
        const told = [body.id, body.type, body.account_id, body.connection_id];
        told.push(body.sequence?.toString() ?? null, body.sync?.id ?? null);
        const { id, type, account_id, connection_id, sequence, sync_run_id } = event;
        const is = [id, type, account_id, connection_id, sequence, sync_run_id];
        if (told.join(' ') !== is.join(' ')) say(`told as ${told.join(' ')}`);
      }
    }
    for (const id of receiver.seen.keys()) {
      if (!known.has(id)) wrong.push(`made up: ${id} at “${listener.name}”`);
    }
    wrong.push(...receiver.wrong.map((what) => `at “${listener.name}”: ${what}`));
  }
  expect({ mistakes: wrong.length, wrong: wrong.slice(0, MOST_SHOWN) }).toEqual({
    mistakes: 0,
    wrong: [],
  });
}

const isSuccess = (status: number | null): boolean =>
  status !== null && status >= 200 && status < 300;

interface Stored {
  readonly status: string;
  /** The status codes of the answers. */
  readonly attempts: (number | null)[];
}

async function loadDeliveries(db: Database): Promise<Map<string, Stored>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['endpoint_id', 'event_id', 'status'])
    .execute();
  const deliveries = new Map<string, Stored>(
    rows.map((row) => [`${row.endpoint_id} ${row.event_id}`, { status: row.status, attempts: [] }]),
  );
  const attempts = await db
    .selectFrom('delivery_attempts')
    .select(['endpoint_id', 'event_id', 'status_code'])
    .orderBy('number')
    .execute();
  for (const { endpoint_id, event_id, status_code } of attempts) {
    deliveries.get(`${endpoint_id} ${event_id}`)?.attempts.push(status_code);
  }
  return deliveries;
}
