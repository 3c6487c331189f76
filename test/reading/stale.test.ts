import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTERVAL_MS, INTERVALS, type Interval } from '../../config/interval.ts';
import { finishSyncRun } from '../../db/syncs/finish-sync-run.ts';
import { markStale } from '../../db/accounts/mark-stale.ts';
import type { Product } from '../../config/product.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import { storeAccount, storeSync } from '../support/store.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

const MINUTE = 60_000;
const MONTH = 30 * INTERVAL_MS.daily;
const allowed = (interval: Interval): number => 2 * INTERVAL_MS[interval] + 2 * MINUTE;

interface Ages {
  /** How long ago, in milliseconds; null: never. */
  readonly balance: number | null;
  readonly transactions: number | null;
  readonly settings?: number;
  readonly linked?: number;
}

const ago = (ms: number | null) =>
  sql<Date>`now() - ${ms === null ? null : `${ms} milliseconds`}::interval`;

/** As if that had happened so long ago, by the database's clock. */
async function age(account: string, ages: Ages): Promise<void> {
  const linked = ages.linked ?? 30 * INTERVAL_MS.daily;
  await freshet.db
    .updateTable('accounts')
    .set({
      balance_synced_at: ago(ages.balance),
      transactions_synced_at: ago(ages.transactions),
      created_at: ago(linked),
      settings_changed_at: ago(ages.settings ?? linked),
    })
    .where('id', '=', account)
    .execute();
}

async function accountWith(interval: Interval | null, ages: Ages, values: object = {}) {
  const account = await storeAccount(freshet.db, { interval });
  await age(account, ages);
  if (Object.keys(values).length > 0) await change(account, values);
  return account;
}

async function change(account: string, values: object): Promise<void> {
  await freshet.db.updateTable('accounts').set(values).where('id', '=', account).execute();
}

/** What a reader sees: each product, and the mark. */
async function shown(account: string): Promise<[boolean, boolean, boolean]> {
  const { body } = await freshet.call('GET', `/v1/accounts/${account}`);
  const { rows } = await sql<{ since: Date | null }>`
    select stale_since as since from account_freshness where account_id = ${account}`.execute(
    freshet.db,
  );
  expect(body.stale_since).toBe(rows[0]?.since?.toISOString() ?? null);
  return [body.balance.stale, body.transactions.stale, body.stale_since !== null];
}

const eventsOf = async (account: string) =>
  (await freshet.call('GET', `/v1/events?account_id=${account}`)).body.data as {
    type: string;
    data: object;
  }[];

const since = async (account: string) =>
  (await freshet.call('GET', `/v1/accounts/${account}`)).body.stale_since as string | null;

/** @param toldAgo of one that did not ask the bank: so long ago the last of its webhooks came. */
async function sync(account: string, product: Product, toldAgo?: number): Promise<void> {
  const syncRunId = await storeSync(freshet.db, account, { product, status: 'running' });
  await freshet.db.transaction().execute((trx) =>
    finishSyncRun(trx, {
      syncRunId,
      accountId: account,
      product,
      dataAsOf: new Date().toISOString(),
      counts: { fetched: 0, added: 0, changed: 0, removed: 0 },
      webhookIds: [],
      nextSyncAt: null,
      toldAt: toldAgo === undefined ? null : new Date(Date.now() - toldAgo).toISOString(),
    }),
  );
}

describe('data is stale', () => {
  it.each(INTERVALS)('after two intervals of %s and two minutes', async (interval) => {
    const limit = allowed(interval);
    const [fresh, stale] = await Promise.all([
      accountWith(interval, { balance: limit - MINUTE, transactions: 0 }),
      accountWith(interval, { balance: limit + 1_000, transactions: 0 }),
    ]);
    await markStale(freshet.db);
    expect(await shown(fresh)).toEqual([false, false, false]);
    expect(await shown(stale)).toEqual([true, false, true]);
  });

  it('by the interval that is kept, not by the one that was asked for', async () => {
    const account = await accountWith(
      'one_minute',
      { balance: 100 * MINUTE, transactions: 0 },
      { effective_interval: 'one_hour', limited_by: 'provider_calls_per_day' },
    );
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([false, false, false]);
  });

  it('when it was never read, counted from the link', async () => {
    const never = { balance: null, transactions: null };
    const limit = allowed('one_minute');
    const [old, young] = await Promise.all([
      accountWith('one_minute', { ...never, linked: limit + 1_000 }, { status: 'scanning' }),
      accountWith('one_minute', { ...never, linked: limit - MINUTE }, { status: 'scanning' }),
    ]);
    await markStale(freshet.db);
    expect(await shown(old)).toEqual([true, true, true]);
    expect(await shown(young)).toEqual([false, false, false]);
    expect(await eventsOf(old)).toMatchObject([
      {
        type: 'account.stale',
        data: { status: 'scanning', pause_reason: null, products: ['balance', 'transaction'] },
      },
    ]);
  });

  it.each([
    ['paused by its operator', { paused: true, status: 'paused', pause_reason: 'user' }],
    ['without an interval', { refresh_interval: null, effective_interval: null }],
    ['unlinked', { unlinked_at: new Date(), status: 'unlinked' }],
  ])('never of an account that is %s', async (_, values) => {
    const ages = { balance: MONTH, transactions: null };
    const account = await accountWith('one_minute', ages, values);
    await markStale(freshet.db);
    const { body } = await freshet.call('GET', `/v1/accounts/${account}`);
    expect([body.balance.stale, body.transactions.stale, body.stale_since]).toEqual([
      false,
      false,
      null,
    ]);
    expect(await eventsOf(account)).toEqual([]);
  });

  it('never of a product that is not kept', async () => {
    const ages = { balance: 0, transactions: MONTH };
    const account = await accountWith('one_minute', ages, { products: ['balance'] });
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([false, false, false]);
  });

  it.each([
    ['failing', null],
    ['paused', 'reauth_required'],
    ['paused', 'provider_error'],
  ])('also of an account that is %s, %s', async (status, reason) => {
    const ages = { balance: 0, transactions: MONTH };
    const values = { status, pause_reason: reason };
    const account = await accountWith('daily', ages, values);
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([false, true, true]);
    expect((await eventsOf(account)).map(({ data }) => data)).toEqual([
      { ...values, products: ['transaction'] },
    ]);
  });
});

describe('an account that has become stale', () => {
  it('is marked and told of once, however often and by however many it is looked at', async () => {
    const account = await accountWith('daily', { balance: MONTH, transactions: MONTH });
    await Promise.all(Array.from({ length: 4 }, () => markStale(freshet.db)));
    const first = await since(account);
    await markStale(freshet.db);
    expect([await since(account), (await eventsOf(account)).length]).toEqual([first, 1]);
  });

  it('is fresh again at once when all of its products are, and told of anew when it is not', async () => {
    const account = await accountWith('daily', { balance: MONTH, transactions: MONTH });
    await markStale(freshet.db);
    await sync(account, 'balance');
    expect(await shown(account)).toEqual([false, true, true]);
    await sync(account, 'transaction');
    expect(await shown(account)).toEqual([false, false, false]);
    await age(account, { balance: 0, transactions: MONTH });
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([false, true, true]);
    expect((await eventsOf(account)).map(({ data }) => data)).toMatchObject([
      { products: ['transaction'] },
      { products: ['balance', 'transaction'] },
    ]);
  });

  it('is fresh again by a webhook that waited, unless that came longer ago than is allowed', async () => {
    const limit = allowed('one_hour');
    const ages = { balance: MONTH, transactions: 0 };
    const [late, tooLate, twice] = await Promise.all([
      accountWith('one_hour', ages),
      accountWith('one_hour', ages),
      accountWith('one_hour', { ...ages, balance: limit + MINUTE }),
    ]);
    await markStale(freshet.db);
    await sync(late, 'balance', limit - MINUTE);
    await sync(tooLate, 'balance', limit + MINUTE);
    expect(await shown(late)).toEqual([false, false, false]);
    expect(await shown(tooLate)).toEqual([true, false, true]);
    // What was known before counts where it is newer.
    await sync(twice, 'balance', 10 * MINUTE);
    await sync(twice, 'balance', MONTH);
    expect(await shown(twice)).toEqual([false, false, false]);
  });

  it.each([
    ['is paused', { paused: true }],
    ['loses its interval', { refresh_interval: null, effective_interval: null }],
    ['gets a longer interval', { refresh_interval: 'daily', effective_interval: 'daily' }],
    ['no longer keeps what is stale', { products: ['transaction'] }],
    ['is unlinked', { unlinked_at: new Date(), status: 'unlinked' }],
  ])('loses its mark when it %s', async (_, values) => {
    const account = await accountWith('one_minute', { balance: 60 * MINUTE, transactions: 0 });
    await markStale(freshet.db);
    expect(await since(account)).not.toBeNull();
    await change(account, values);
    await markStale(freshet.db);
    expect([await since(account), (await eventsOf(account)).length]).toEqual([null, 1]);
  });

  it('has two minutes to be refreshed first where its settings have changed', async () => {
    const ages = { balance: MONTH, transactions: MONTH };
    const account = await accountWith('daily', { ...ages, settings: 100_000 });
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([true, true, false]);
    await age(account, { ...ages, settings: 130_000 });
    await markStale(freshet.db);
    expect(await shown(account)).toEqual([true, true, true]);
    // Where it is marked already, that is no reason to take the mark away and tell of it again.
    await age(account, { ...ages, settings: 0 });
    await markStale(freshet.db);
    expect([await shown(account), (await eventsOf(account)).length]).toEqual([
      [true, true, true],
      1,
    ]);
  });

  it('is left to the next round while a sync writes to it', async () => {
    const account = await accountWith('daily', { balance: MONTH, transactions: MONTH });
    const writing = await freshet.db.startTransaction().execute();
    await writing
      .selectFrom('accounts')
      .where('id', '=', account)
      .select('id')
      .forUpdate()
      .execute();
    await markStale(freshet.db);
    expect(await since(account)).toBeNull();
    await writing.commit().execute();
    await markStale(freshet.db);
    expect(await since(account)).not.toBeNull();
  });
});
