import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createAttemptRecorder,
  type AttemptRecorder,
} from '../../activities/deliveries/attempt-recorder.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import type { DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { storeEndpoint, storeEvent } from '../support/store-event.ts';

let database: FreshDatabase;
let db: Database;
let recorder: AttemptRecorder;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, onIdleError: () => undefined });
  recorder = createAttemptRecorder(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const failed: Omit<DeliveryAttempt, 'endpointId' | 'eventId'> = {
  tries: 0,
  startedAt: Date.now(),
  latencyMs: 3,
  statusCode: 500,
  errorCode: null,
  responseStart: null,
  succeeded: false,
  retryMs: 5_000,
};

const stored = (attempt: DeliveryAttempt): Promise<unknown> =>
  new Promise((resolve) => {
    recorder.store(attempt, (_, error) => resolve(error));
  });

const endpoint = (): Promise<string> => storeEndpoint(db);

it('stores two attempts at one delivery that end in the same moment, and those beside them', async () => {
  const [endpointId, other] = [await endpoint(), await endpoint()];
  const eventId = await storeEvent(db, 'endpoint.disabled');
  const accepted = { ...failed, statusCode: 204, succeeded: true, retryMs: null };
  const errors = await Promise.all([
    stored({ ...accepted, endpointId, eventId }),
    stored({ ...failed, endpointId, eventId }),
    stored({ ...accepted, endpointId: other, eventId }),
  ]);
  expect(errors).toEqual([undefined, undefined, undefined]);
  const deliveries = await db
    .selectFrom('deliveries')
    .where('event_id', '=', eventId)
    .orderBy('endpoint_id')
    .select(['status', 'attempts', 'next_attempt_at'])
    .execute();
  expect(deliveries).toEqual([
    { status: 'delivered', attempts: 2, next_attempt_at: null },
    { status: 'delivered', attempts: 1, next_attempt_at: null },
  ]);
  const attempts = await db
    .selectFrom('delivery_attempts')
    .where('endpoint_id', '=', endpointId)
    .orderBy('number')
    .select(['number', 'status_code'])
    .execute();
  expect(attempts).toEqual([
    { number: 1, status_code: 204 },
    { number: 2, status_code: 500 },
  ]);
});

it('stores a thousand at once', async () => {
  const endpointId = await endpoint();
  const events: string[] = [];
  await db
    .insertInto('events')
    .values(Array.from({ length: 1_000 }, () => ({ type: 'endpoint.disabled' as const, data: {} })))
    .returning('id')
    .execute()
    .then((rows) => events.push(...rows.map(({ id }) => id)));
  await db
    .insertInto('deliveries')
    .values(
      events.map((id) => ({ endpoint_id: endpointId, event_id: id, next_attempt_at: new Date() })),
    )
    .execute();
  const errors = await Promise.all(
    events.map((eventId) => stored({ ...failed, endpointId, eventId })),
  );
  expect(errors.every((error) => error === undefined)).toBe(true);
  const { count } = await db
    .selectFrom('delivery_attempts')
    .where('endpoint_id', '=', endpointId)
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(1_000);
});

it('fails one that Postgres refuses, and none of those beside it', async () => {
  const [endpointId, eventId] = [await endpoint(), await storeEvent(db, 'endpoint.disabled')];
  const [refused, error] = await Promise.all([
    stored({ ...failed, endpointId: await endpoint(), eventId, statusCode: 2 ** 31 }),
    stored({ ...failed, endpointId, eventId }),
  ]);
  expect(refused).toBeInstanceOf(Error);
  expect(error).toBeUndefined();
});
