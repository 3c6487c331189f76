import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { reconcile } from '../../activities/reconciler/reconcile.ts';
import { repairs } from '../../activities/reconciler/repairs/index.ts';
import type { ConnectionsTable } from '../../db/schema.ts';
import { noContext, storageRig, type StorageRig } from '../support/storage-rig.ts';
import { storeAccount } from '../support/store.ts';
import { endDelivery, storeEndpoint, storeEvent } from '../support/store-event.ts';
import type { Updateable } from 'kysely';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

afterEach(async () => {
  await rig.db.deleteFrom('events').execute();
  await rig.db.deleteFrom('webhook_endpoints').execute();
  await rig.db.updateTable('connections').set({ status: 'unlinked' }).execute();
});

/** One round of these repairs; answers with what was repaired. */
async function round(
  retentionDays = 30,
  limits: { readonly budgetMs?: number } = {},
  failures = 0,
): Promise<Readonly<Record<string, number>>> {
  const names = ['expiries_told', 'events_deleted', 'endpoints_deleted'];
  const { repaired, failed } = await reconcile(
    { ...rig.deps, events: { retentionDays } },
    noContext,
    {
      ...limits,
      repairs: Object.fromEntries(Object.entries(repairs).filter(([name]) => names.includes(name))),
    },
  );
  expect(failed).toBe(failures);
  return repaired;
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** Has an event be of so many days ago, as its id tells too. Answers with its id from then on. */
async function age(id: string, days: number): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with event as (
      insert into events (id, type, connection_id, account_id, data, created_at)
      select uuidv7(${days} * interval '-1 day'), type, connection_id, account_id, data,
        created_at + ${days} * interval '-1 day'
      from events where id = ${id}::uuid
      returning id
    )
    select id from event`.execute(rig.db);
  const aged = rows[0]?.id ?? '';
  await rig.db
    .updateTable('deliveries')
    .set({ event_id: aged })
    .where('event_id', '=', id)
    .execute();
  await rig.db.deleteFrom('events').where('id', '=', id).execute();
  return aged;
}

const events = async (): Promise<string[]> =>
  (await rig.db.selectFrom('events').select('id').orderBy('id').execute()).map(({ id }) => id);

const isThere = async (id: string): Promise<boolean | null> => {
  const row = await rig.db
    .selectFrom('webhook_endpoints')
    .where('id', '=', id)
    .select('deleted_at')
    .executeTakeFirst();
  return row ? row.deleted_at === null : null;
};

const unlink = async (account: string, values: Updateable<ConnectionsTable>, days = 0) => {
  const { connection_id: connection } = await rig.db
    .updateTable('accounts')
    .set({ status: 'unlinked', unlinked_at: daysAgo(days) })
    .where('id', '=', account)
    .returning('connection_id')
    .executeTakeFirstOrThrow();
  await rig.db
    .updateTable('connections')
    .set({ status: 'unlinked', ...values })
    .where('id', '=', connection)
    .execute();
};

async function connection(days: number | null, status: 'active' | 'linking' = 'active') {
  const { id } = await rig.db
    .insertInto('connections')
    .values({
      provider: 'okra',
      provider_connection_id: crypto.randomUUID(),
      status,
      consent_expires_at: days === null ? null : daysAgo(-days),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const told = (id: string) =>
  rig.db
    .selectFrom('events')
    .where('connection_id', '=', id)
    .where('type', '=', 'connection.expiring')
    .select(['account_id', 'data'])
    .execute();

describe('events are kept for as many days as the setting says', () => {
  it('and then deleted, with their deliveries and attempts', async () => {
    const { db } = rig;
    const account = await storeAccount(db);
    const endpoint = await storeEndpoint(db);
    const made: string[] = [];
    for (const days of [8, 6]) {
      const event = await age(await storeEvent(db, 'account.paused', { accountId: account }), days);
      await endDelivery(db, endpoint, event);
      await db
        .insertInto('delivery_attempts')
        .values({
          endpoint_id: endpoint,
          event_id: event,
          number: 1,
          started_at: new Date(),
          latency_ms: 1,
        })
        .execute();
      made.push(event);
    }
    expect(await round(7)).toEqual({ events_deleted: 1 });
    expect(await events()).toEqual([made[1]]);
    for (const table of ['deliveries', 'delivery_attempts'] as const) {
      const rows = await db.selectFrom(table).select('event_id').execute();
      expect(rows).toEqual([{ event_id: made[1] }]);
    }
    expect(await round(7)).toEqual({});
    const paused = await storeEvent(db, 'account.paused', { accountId: account });
    const { sequence } = await db
      .selectFrom('events')
      .where('id', '=', paused)
      .select('sequence')
      .executeTakeFirstOrThrow();
    expect(sequence).toBe('3');
  });

  it('but not while one waits for an endpoint, unless that has been disabled for as long', async () => {
    const { db } = rig;
    const endpoint = await storeEndpoint(db);
    const event = await age(await storeEvent(db, 'endpoint.disabled'), 8);
    expect(await round(7)).toEqual({});
    const disable = (since: Date) =>
      db
        .updateTable('webhook_endpoints')
        .set({ status: 'disabled', disabled_reason: 'failing', status_changed_at: since })
        .where('id', '=', endpoint)
        .execute();
    await disable(daysAgo(6));
    expect(await round(7)).toEqual({});
    expect(await events()).toEqual([event]);
    await disable(daysAgo(8));
    expect(await round(7)).toEqual({ events_deleted: 1 });
  });

  it('many of them in batches, and what there is no time for is noted and left', async () => {
    await sql`
      insert into events (id, type, created_at)
      select uuidv7(interval '-40 days'), 'endpoint.disabled', now() - interval '40 days'
      from generate_series(1, 4500)`.execute(rig.db);
    const { events_deleted: some = 0 } = await round(30, { budgetMs: 1 }, 1);
    expect([some % 1_000, some < 4_500]).toEqual([0, true]);
    expect(await round(30)).toEqual({ events_deleted: 4_500 - some });
    expect(await events()).toEqual([]);
  });
});

describe('an endpoint that is no more', () => {
  it('is forgotten when no delivery names it, and what was meant for it at the last moment is cancelled', async () => {
    const { db } = rig;
    const endpoint = await storeEndpoint(db);
    const event = await storeEvent(db, 'endpoint.disabled');
    await db
      .updateTable('webhook_endpoints')
      .set({ deleted_at: daysAgo(1) })
      .where('id', '=', endpoint)
      .execute();
    expect(await round()).toEqual({});
    const { status } = await db.selectFrom('deliveries').select('status').executeTakeFirstOrThrow();
    expect([status, await isThere(endpoint)]).toEqual(['cancelled', false]);
    await db.deleteFrom('events').where('id', '=', event).execute();
    expect(await round()).toEqual({ endpoints_deleted: 1 });
    expect(await isThere(endpoint)).toBe(null);
  });

  it('of an account that is erased: once nothing is on its way there', async () => {
    const { db } = rig;
    const [kept, erased] = [await storeAccount(db), await storeAccount(db)];
    const [ofKept, ofErased] = [
      await storeEndpoint(db, { accountId: kept }),
      await storeEndpoint(db, { accountId: erased }),
    ];
    await unlink(kept, {});
    await unlink(erased, { erased_at: new Date() });
    const last = await storeEvent(db, 'account.unlinked', { accountId: erased });
    expect(await round()).toEqual({});
    await endDelivery(db, ofErased, last);
    expect(await round()).toEqual({ endpoints_deleted: 1 });
    expect([await isThere(ofKept), await isThere(ofErased)]).toEqual([true, false]);
  });

  it('of an account that is erased: at once, where nothing will ever go there', async () => {
    const { db } = rig;
    const account = await storeAccount(db);
    const endpoint = await storeEndpoint(db, { accountId: account });
    await storeEvent(db, 'account.unlinked', { accountId: account });
    await db
      .updateTable('webhook_endpoints')
      .set({ status: 'disabled', disabled_reason: 'gone' })
      .execute();
    await unlink(account, { erased_at: new Date() });
    expect(await round()).toEqual({ endpoints_deleted: 1 });
    expect(await isThere(endpoint)).toBe(false);
  });

  it('of an account that was unlinked as long ago as events are kept', async () => {
    const { db } = rig;
    const [before, after] = [await storeAccount(db), await storeAccount(db)];
    const endpoints = [
      await storeEndpoint(db, { accountId: before }),
      await storeEndpoint(db, { accountId: after }),
    ];
    await unlink(before, {}, 8);
    await unlink(after, {}, 6);
    expect(await round(7)).toEqual({ endpoints_deleted: 1 });
    expect(await Promise.all(endpoints.map(isThere))).toEqual([false, true]);
  });
});

describe('a consent that expires', () => {
  it('within a week is told of once, and once more for another time', async () => {
    const { db } = rig;
    const soon = await connection(6.9);
    const others = [await connection(7.1), await connection(null), await connection(1, 'linking')];
    const endpoint = await storeEndpoint(db, { eventTypes: ['connection.expiring'] });
    expect(await round()).toEqual({ expiries_told: 1 });
    const { consent_expires_at: at } = await db
      .selectFrom('connections')
      .where('id', '=', soon)
      .select('consent_expires_at')
      .executeTakeFirstOrThrow();
    expect(await told(soon)).toEqual([
      { account_id: null, data: { consent_expires_at: at?.toISOString() } },
    ]);
    for (const id of others) expect(await told(id)).toEqual([]);
    const { rows } = await sql`select from deliveries where endpoint_id = ${endpoint}`.execute(db);
    expect(rows).toHaveLength(1);
    expect(await round()).toEqual({});

    const expire = (days: number) =>
      db
        .updateTable('connections')
        .set({ consent_expires_at: daysAgo(-days) })
        .where('id', '=', soon)
        .execute();
    await expire(90);
    expect(await round()).toEqual({});
    await expire(2);
    expect(await Promise.all([round(), round()])).toContainEqual({ expiries_told: 1 });
    expect(await told(soon)).toHaveLength(2);
  });
});
