import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { recordAttempts } from '../../db/deliveries/record-attempts.ts';
import { redeliverEvents } from '../../db/deliveries/redeliver.ts';
import { enableEndpoint } from '../../db/endpoints/enable-endpoint.ts';
import { removeEndpoint } from '../../db/endpoints/remove-endpoint.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { randomFrom } from '../support/random.ts';
import { storeEndpoint } from '../support/store-event.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, poolSize: 10, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const ROUNDS = 60;

const again = (work: () => Promise<unknown>) => async () => {
  for (let i = 0; i < ROUNDS; i += 1) await work();
};

describe('deliveries that many change at once', () => {
  it('come to no deadlock, and every attempt is counted', async () => {
    const seed = Date.now() % 2 ** 31;
    const random = randomFrom(seed);
    await sql`
      insert into events (type) select 'endpoint.disabled' from generate_series(1, 200)`.execute(
      db,
    );
    const endpoints = [await storeEndpoint(db), await storeEndpoint(db)];
    await sql`
      insert into deliveries (endpoint_id, event_id, next_attempt_at)
      select webhook_endpoints.id, events.id, now() from webhook_endpoints, events`.execute(db);
    const all = await db.selectFrom('deliveries').select(['endpoint_id', 'event_id']).execute();
    let recorded = 0;

    async function attempt(): Promise<void> {
      const some = all
        .map((one) => ({ one, place: random() }))
        .sort((a, b) => a.place - b.place)
        .slice(0, 60);
      await recordAttempts(
        db,
        some.map(({ one }) => ({
          endpointId: one.endpoint_id,
          eventId: one.event_id,
          tries: 0,
          startedAt: Date.now(),
          latencyMs: 1,
          statusCode: 500,
          errorCode: null,
          responseStart: null,
          succeeded: random() < 0.3,
          retryMs: 1_000,
        })),
      );
      recorded += some.length;
    }
    const [first = '', second = ''] = endpoints;
    const everything = { since: '2020-01-01T00:00:00Z' };
    const redeliver = (id: string) =>
      redeliverEvents(db, id, everything, { most: 200, after: null });
    const works = [
      again(attempt),
      again(attempt),
      again(() => redeliver(first)),
      again(() => redeliver(second)),
      again(() => enableEndpoint(db, first)),
    ];
    const outcomes = await Promise.allSettled(works.map((work) => work()));
    for (const outcome of outcomes)
      expect(outcome, `seed ${seed}`).toMatchObject({ status: 'fulfilled' });
    const counted = await db
      .selectFrom('deliveries')
      .select(sql<number>`sum(attempts)::int`.as('attempts'))
      .executeTakeFirstOrThrow();
    expect(counted.attempts).toBe(recorded);

    const end = await Promise.allSettled([attempt(), removeEndpoint(db, first), attempt()]);
    for (const outcome of end)
      expect(outcome, `seed ${seed}`).toMatchObject({ status: 'fulfilled' });
    const pending = await db
      .selectFrom('deliveries')
      .where('endpoint_id', '=', first)
      .where('status', '=', 'pending')
      .select('event_id')
      .execute();
    expect(pending).toEqual([]);
  });
});
