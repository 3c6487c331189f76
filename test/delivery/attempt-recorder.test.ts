import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAttemptRecorder } from '../../activities/deliveries/attempt-recorder.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import type { DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { storeEndpoint, storeEvent } from '../support/store-event.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const answered = (endpointId: string, eventId: string, statusCode: number): DeliveryAttempt => ({
  endpointId,
  eventId,
  startedAt: Date.now(),
  latencyMs: 1,
  statusCode,
  errorCode: null,
  responseStart: null,
  succeeded: statusCode < 300,
  retryMs: statusCode < 300 ? null : 1_000,
});

it('stores attempts of two rounds at the same delivery, in their order', async () => {
  const endpointId = await storeEndpoint(db);
  const eventIds = [
    await storeEvent(db, 'endpoint.disabled'),
    await storeEvent(db, 'endpoint.disabled'),
  ];
  const recorder = createAttemptRecorder(db);
  const given = [500, 503, 204].flatMap((status) =>
    eventIds.map((eventId) => answered(endpointId, eventId, status)),
  );
  const errors = await Promise.all(
    given.map(
      (attempt) => new Promise((resolve) => recorder.store(attempt, (_, error) => resolve(error))),
    ),
  );
  expect(errors).toEqual(given.map(() => undefined));
  for (const eventId of eventIds) {
    const attempts = await db
      .selectFrom('delivery_attempts')
      .where('event_id', '=', eventId)
      .orderBy('number')
      .select(['number', 'status_code'])
      .execute();
    expect(attempts).toEqual([
      { number: 1, status_code: 500 },
      { number: 2, status_code: 503 },
      { number: 3, status_code: 204 },
    ]);
    const delivery = db.selectFrom('deliveries').where('event_id', '=', eventId);
    expect(await delivery.select(['status', 'attempts']).executeTakeFirst()).toEqual({
      status: 'delivered',
      attempts: 3,
    });
  }
});
