import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginSyncRun } from '../../db/syncs/begin-sync-run.ts';
import { commitBalance } from '../../db/balances/commit-balance.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import type { Provider } from '../../providers/provider.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { asMirrored, mirrorOf } from '../support/mirror.ts';
import { bareAccount, everything, stagedCommit, transactionOf } from '../support/staged-commit.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';

let database: FreshDatabase;
let db: Database;
let rig: StorageRig;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
  await rig.close();
});

/** Every order of some items. */
function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

const at = (second: number): string => new Date(Date.UTC(2026, 2, 10, 12, 0, second)).toISOString();

interface Snapshot {
  readonly current: string;
  readonly second: number;
  readonly source: 'fetch' | 'webhook';
}

async function keep(account: string, { current, second, source }: Snapshot): Promise<void> {
  const syncRunId = await newId(db);
  const run = { id: syncRunId, accountId: account, product: 'balance' } as const;
  await beginSyncRun(db, { ...run, triggers: ['schedule'], scope: 'full' });
  await commitBalance(db, {
    syncRunId,
    accountId: account,
    source,
    webhookIds: [],
    nextSyncAt: null,
    balance: {
      providerAccountId: 'any',
      available: current,
      current,
      limit: null,
      currency: 'NGN',
      dataAsOf: at(second),
      raw: '{}',
    },
  });
}

async function balanceOf(account: string) {
  return await db
    .selectFrom('balances')
    .where('account_id', '=', account)
    .select(['current', 'data_as_of', 'source'])
    .executeTakeFirstOrThrow();
}

async function historyOf(account: string) {
  const rows = await db
    .selectFrom('balance_history')
    .where('account_id', '=', account)
    .orderBy('id')
    .select(['current', 'data_as_of'])
    .execute();
  return rows.map((row) => row.current);
}

const fetched = (current: string, second: number): Snapshot => ({
  current,
  second,
  source: 'fetch',
});
const told = (current: string, second: number): Snapshot => ({
  current,
  second,
  source: 'webhook',
});

describe('a balance', () => {
  const four = [fetched('1.00', 1), told('2.00', 2), fetched('3.00', 3), told('4.00', 4)];

  it.each(ordersOf(four).map((order) => [order.map(({ current }) => current).join(' '), order]))(
    'is the newest of all, in the order %s',
    async (_, order) => {
      const account = await bareAccount(db);
      for (const snapshot of order) await keep(account, snapshot);
      expect(await balanceOf(account)).toMatchObject({
        current: '4.00',
        data_as_of: new Date(at(4)),
      });
      const history = await historyOf(account);
      // Those that were the newest when they came, and no other.
      const newest = order.filter((one, index) =>
        order.slice(0, index).every(({ second }) => second < one.second),
      );
      expect(history).toEqual(newest.map(({ current }) => current));
    },
  );

  it.each([
    ['what was fetched wins over a webhook', [told('1.00', 1), fetched('2.00', 1)], '2.00'],
    ['a webhook does not win over what was fetched', [fetched('1.00', 1), told('2.00', 1)], '1.00'],
    ['the last fetched wins', [fetched('1.00', 1), fetched('2.00', 1)], '2.00'],
    ['the last told wins', [told('1.00', 1), told('2.00', 1)], '2.00'],
    [
      'a webhook does not win over what was fetched and confirmed it',
      [told('1.00', 1), fetched('1.00', 1), told('2.00', 1)],
      '1.00',
    ],
    [
      'a webhook does not win over a later fetch of the same amounts',
      [told('1.00', 1), fetched('1.00', 2), told('2.00', 2)],
      '1.00',
    ],
  ])('of the same time: %s', async (_, snapshots, winner) => {
    const account = await bareAccount(db);
    for (const snapshot of snapshots) await keep(account, snapshot);
    expect((await balanceOf(account)).current).toBe(winner);
    expect((await historyOf(account)).at(-1)).toBe(winner);
  });

  it('that is confirmed later beats one from between', async () => {
    const account = await bareAccount(db);
    for (const one of [fetched('1.00', 1), fetched('1.00', 3), told('2.00', 2)]) {
      await keep(account, one);
    }
    expect(await balanceOf(account)).toMatchObject({
      current: '1.00',
      data_as_of: new Date(at(3)),
    });
    expect(await historyOf(account)).toEqual(['1.00']);
  });

  it('changes nothing when it comes again', async () => {
    const account = await bareAccount(db);
    const version = async () =>
      await db
        .selectFrom('balances')
        .where('account_id', '=', account)
        .select(['changed_at', 'data_as_of', 'sync_run_id'])
        .executeTakeFirstOrThrow();
    await keep(account, fetched('1.00', 1));
    const before = await version();
    for (const one of [fetched('1.00', 1), told('1.00', 1), fetched('1.000', 1)]) {
      await keep(account, one);
    }
    expect(await version()).toEqual(before);
    expect(await historyOf(account)).toEqual(['1.00']);
  });

  it.each(ordersOf([0, 1, 2]).map((order) => [order.join(' '), order]))(
    'told by webhooks that arrive in the order %s is the newest',
    async (_, order) => {
      const [ids] = await rig.link({ accounts: 1 });
      const bodies: string[] = [];
      for (const ledger of ['10.00', '20.00', '30.00']) {
        const { webhooks } = await rig.bank.control('PUT', `/accounts/${ids?.bank}/balance`, {
          ledger,
        });
        const { body } = await rig.bank.control('GET', `/webhooks/${webhooks[0].id}`);
        bodies.push(body);
      }
      for (const index of order) {
        expect(await rig.deliver(bodies[index] ?? '')).toBe(200);
        await syncNow(rig, ids?.account ?? '', 'balance', { triggers: ['webhook'] });
      }
      const { body } = await rig.get(`/v1/accounts/${ids?.account}/balance`);
      expect(body.current).toBe('30.00');
    },
  );
});

const descriptionOf = async (account: string) =>
  await db
    .selectFrom('transactions')
    .where('account_id', '=', account)
    .select(['description', 'removed_at', 'provider_updated_at'])
    .executeTakeFirstOrThrow();

describe('a transaction', () => {
  const version = (description: string, second: number) =>
    transactionOf({ providerTransactionId: 'one', description, providerUpdatedAt: at(second) });

  const versions = ['a', 'b', 'c', 'd'].map((text, index) => version(text, index));
  it.each(
    ordersOf(versions).map((order) => [order.map((one) => one.description).join(' '), order]),
  )('is its newest version, read in the order %s', async (_, order) => {
    const account = await bareAccount(db);
    for (const one of order) await stagedCommit(db, account, [one]);
    expect(await descriptionOf(account)).toMatchObject({ description: 'd' });
  });

  it.each(
    ordersOf(versions.slice(0, 3)).map((order) => [
      order.map((one) => one.description).join(' '),
      order,
    ]),
  )('is its newest version when a moving list repeats it in the order %s', async (_, order) => {
    const account = await bareAccount(db);
    await stagedCommit(db, account, order);
    expect(await descriptionOf(account)).toMatchObject({ description: 'c' });
  });

  it('of the same time is the one that was read last', async () => {
    const account = await bareAccount(db);
    await stagedCommit(db, account, [version('first', 1)]);
    await stagedCommit(db, account, [version('second', 1)]);
    expect(await descriptionOf(account)).toMatchObject({ description: 'second' });
  });

  it('that was changed back is not undone by the version from between', async () => {
    const account = await bareAccount(db);
    await stagedCommit(db, account, [version('as it was', 1)]);
    const before = await db
      .selectFrom('transactions')
      .where('account_id', '=', account)
      .select(['changed_at', 'sync_run_id'])
      .executeTakeFirstOrThrow();
    const confirmed = await stagedCommit(db, account, [version('as it was', 3)]);
    expect(confirmed).toMatchObject({ added: 0, changed: 0 });
    await stagedCommit(db, account, [version('for a moment', 2)]);
    expect(await descriptionOf(account)).toMatchObject({
      description: 'as it was',
      provider_updated_at: new Date(at(3)),
    });
    const after = await db
      .selectFrom('transactions')
      .where('account_id', '=', account)
      .select(['changed_at', 'sync_run_id'])
      .executeTakeFirstOrThrow();
    expect(after).toEqual(before);
  });

  const removal = { providerTransactionId: 'one', removedAt: at(2) };
  it.each([
    ['an older version, then its removal', ['v1', 'gone'], true],
    ['its removal, then an older version', ['v1', 'gone', 'v1'], true],
    ['a newer version, then a late removal', ['v3', 'gone'], false],
    ['its removal, then a newer version', ['v1', 'gone', 'v3'], false],
    ['its removal twice', ['v1', 'gone', 'gone'], true],
  ])('after %s', async (_, events, isGone) => {
    const account = await bareAccount(db);
    for (const event of events) {
      const rows = event === 'gone' ? [] : [version(event, Number(event[1]))];
      const removals = event === 'gone' ? [removal] : [];
      await stagedCommit(db, account, rows, { removals, readAsOf: at(1) });
    }
    expect((await descriptionOf(account)).removed_at).toEqual(isGone ? new Date(at(2)) : null);
  });

  it('is told removed and read again in one sync: the read counts when it is newer', async () => {
    const account = await bareAccount(db);
    await stagedCommit(db, account, [version('a', 1)]);
    await stagedCommit(db, account, [version('a', 1)], {
      removals: [removal],
      readAsOf: at(3),
      complete: everything,
    });
    expect((await descriptionOf(account)).removed_at).toBeNull();
  });
});

describe('an older webhook in one sync with a newer read', () => {
  it('holds no removal back', async () => {
    const [ids] = await rig.link({ accounts: 1, transactions: 2 });
    if (!ids) throw new Error('no account');
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const path = `/accounts/${ids.bank}/transactions`;
    const posted = await rig.bank.control('POST', path, { amount: '-1.00' });
    const { body } = await rig.bank.control('GET', `/webhooks/${posted.webhooks.at(-1).id}`);
    const [one] = posted.transactions;
    await rig.bank.control('PATCH', `/transactions/${one.id}`, {
      amount: '-2.00',
      webhooks: 'withhold',
    });
    await syncNow(rig, ids.account, 'transaction');
    await rig.bank.control('DELETE', `/transactions/${one.id}`, { webhooks: 'withhold' });
    expect(await rig.deliver(body)).toBe(200);
    const counts = await syncNow(rig, ids.account, 'transaction', {
      triggers: ['webhook', 'schedule'],
    });
    expect(counts).toMatchObject({ removed: 1 });
  });
});

describe('an attempt that hung after its read while a newer sync committed', () => {
  it('brings nothing back', async () => {
    const [ids] = await rig.link({ accounts: 1, transactions: 3 });
    if (!ids) throw new Error('no account');
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const { transactions } = await rig.bank.control('POST', `/accounts/${ids.bank}/transactions`, {
      amount: '-1.00',
      webhooks: 'withhold',
    });
    let hasHung = false;
    const provider: Provider = {
      ...rig.provider,
      async *fetchTransactions(...asked) {
        const end = yield* rig.provider.fetchTransactions(...asked);
        if (hasHung) return end;
        hasHung = true;
        const path = `/transactions/${transactions[0].id}`;
        await rig.bank.control('DELETE', path, { webhooks: 'withhold' });
        await syncNow(rig, ids.account, 'transaction', { full: true });
        return end;
      },
    };
    const syncRunId = await newId(rig.db);
    const slow = { full: true, provider, syncRunId };
    // Refused, or told to read again: either would do.
    await syncNow(rig, ids.account, 'transaction', slow).catch(() => undefined);
    const { transactions: mirrored } = await mirrorOf(rig.db, ids.account);
    expect(mirrored).toEqual(asMirrored(await rig.bank.truth(ids.bank)).transactions);
  });
});
