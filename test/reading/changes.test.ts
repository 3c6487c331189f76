import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { eventually } from '../support/eventually.ts';
import { followChanges, type SeenChange } from '../support/follow-changes.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import {
  openSync,
  storeAccount,
  storeBalance,
  storeSync,
  storeTransaction,
} from '../support/store.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

let account: string;
let now: string;
beforeEach(async () => {
  account = await storeAccount(freshet.db);
  now = (await freshet.call('GET', '/v1/changes?cursor=now')).body.next_cursor;
});

const brief = (items: readonly SeenChange[]): string[] =>
  items.map(
    (item) => `${item.change ?? 'balance'} ${item.transaction?.amount ?? item.balance?.current}`,
  );

async function sync(amounts: Record<string, string>, accountId = account): Promise<void> {
  const { id, trx, commit } = await openSync(freshet.db, accountId);
  for (const [providerId, amount] of Object.entries(amounts)) {
    await storeTransaction(trx, accountId, { providerId, amount, syncId: id });
  }
  await commit();
}

describe('the change feed', () => {
  it('has each row once, at the place of the sync that changed it last', async () => {
    await sync({ a: '1', b: '2' });
    await sync({ c: '3' });
    await sync({ a: '1.5' });
    const follower = followChanges(freshet, '', now);
    expect(brief(await follower.catchUp(1))).toEqual(['added 2', 'added 3', 'changed 1.5']);
    expect(await follower.catchUp()).toEqual([]);
    await sync({ b: '2.5' });
    expect(brief(await follower.catchUp())).toEqual(['changed 2.5']);
  });

  it('tells of balances and of removals', async () => {
    await sync({ a: '1' });
    const balance = await openSync(freshet.db, account, 'balance');
    await storeBalance(balance.trx, account, {
      current: '12345678901234567.89',
      syncId: balance.id,
    });
    await balance.commit();
    const removal = await openSync(freshet.db, account);
    const removedAt = '2026-02-01T00:00:00Z';
    const values = { providerId: 'a', amount: '1', removedAt, syncId: removal.id };
    await storeTransaction(removal.trx, account, values);
    await removal.commit();

    const { body } = await freshet.call('GET', `/v1/changes?cursor=${now}`);
    expect(brief(body.data)).toEqual(['balance 12345678901234567.89', 'removed 1']);
    expect(body.data[0]).toMatchObject({
      type: 'balance',
      account_id: account,
      sync_id: balance.id,
    });
    expect(body.data[1]).toMatchObject({
      type: 'transaction',
      account_id: account,
      sync_id: removal.id,
      transaction: { provider_transaction_id: 'a', removed_at: '2026-02-01T00:00:00.000Z' },
    });
    expect(body).toMatchObject({
      has_more: false,
      accounts: [
        {
          account_id: account,
          balance: { stale: false, last_synced_at: null, data_as_of: null },
          transactions: { stale: false, last_synced_at: null, data_as_of: null },
        },
      ],
    });
  });

  it('misses nothing of syncs that commit in the reverse of their order', async () => {
    const others = await Promise.all([storeAccount(freshet.db), storeAccount(freshet.db)]);
    const accounts = [account, ...others];
    const open = [];
    for (const [index, accountId] of accounts.entries()) {
      const one = await openSync(freshet.db, accountId);
      await storeTransaction(one.trx, accountId, { amount: String(index), syncId: one.id });
      open.push(one);
    }
    const follower = followChanges(freshet, '', now);
    expect(await follower.catchUp()).toEqual([]);
    for (const [index, one] of [...open.entries()].toReversed()) {
      await one.commit();
      expect(brief(await follower.catchUp())).toEqual([`added ${index}`]);
    }
    expect(brief(await followChanges(freshet, '', now).catchUp())).toEqual([
      'added 2',
      'added 1',
      'added 0',
    ]);
  });

  it('gives each sync one place, however many consumers ask at the same time', async () => {
    const waiting = async (): Promise<number> => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(freshet.db);
      return rows[0]?.count ?? 0;
    };
    // A sync that had two places, one after the other, could be seen at both.
    await sql`
      create function refuse() returns trigger language plpgsql as
        $$ begin raise 'a second place'; end $$`.execute(freshet.db);
    await sql`
      create trigger one_place before update on sync_runs for each row
      when (old.change_position <> new.change_position) execute function refuse()`.execute(
      freshet.db,
    );
    const first = await openSync(freshet.db, account);
    await storeTransaction(first.trx, account, { amount: '1', syncId: first.id });
    await first.commit();
    // Keeps whoever gives the first sync its place from getting done.
    const brake = await freshet.db.startTransaction().execute();
    await brake
      .selectFrom('sync_runs')
      .where('id', '=', first.id)
      .selectAll()
      .forUpdate()
      .execute();
    const followers = [followChanges(freshet, '', now), followChanges(freshet, '', now)] as const;
    const one = followers[0].step();
    await eventually(async () => (await waiting()) === 1);
    await sync({ b: '2' });
    const other = followers[1].step();
    await eventually(async () => (await waiting()) === 2);
    await brake.rollback().execute();
    await Promise.all([one, other]);
    for (const follower of followers) {
      await follower.catchUp();
      expect(brief(follower.seen)).toEqual(['added 1', 'added 2']);
    }
  });

  it('misses no row that moves on between two pages', async () => {
    await sync({ a: '1', b: '2', c: '3' });
    const follower = followChanges(freshet, '', now);
    expect((await follower.step(1)).data).toHaveLength(1);
    const [first] = brief(follower.seen);
    // One that was seen and one that was not, by a sync that has no place yet.
    await sync({ a: '1.5', c: '3.5' });
    await follower.catchUp(1);
    expect(brief(follower.seen)).toEqual([first, 'added 2', 'changed 1.5', 'changed 3.5']);
  });

  it('gives places to committed syncs that changed something, and to no others', async () => {
    const ids = await Promise.all([
      storeSync(freshet.db, account, { added: 1 }),
      storeSync(freshet.db, account, { fetched: 5 }),
      storeSync(freshet.db, account, { status: 'failed', added: 1 }),
      storeSync(freshet.db, account, { status: 'running', added: 1 }),
    ]);
    await followChanges(freshet, '', now).catchUp();
    const rows = await freshet.db
      .selectFrom('sync_runs')
      .where('change_position', 'is not', null)
      .where('account_id', '=', account)
      .select('id')
      .execute();
    expect(rows.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('pages through a large sync, and over many that hold nothing any more', async () => {
    await sql`
      insert into sync_runs (id, account_id, product, triggers, scope, status, finished_at, changed)
      select uuidv7(), ${account}, 'transaction', '{schedule}', 'hint', 'succeeded', now(), 1
      from generate_series(1, 6500)`.execute(freshet.db);
    const large = await storeSync(freshet.db, account, { added: 1_200 });
    await sql`
      insert into transactions (account_id, provider_transaction_id, status, amount, currency,
        transacted_at, provider_updated_at, raw, sync_run_id)
      select ${account}, 'n' || n, 'posted', n, 'NGN', now(), now(), '{}', ${large}
      from generate_series(1, 1200) n`.execute(freshet.db);
    const follower = followChanges(freshet, '', now);
    const amounts = (await follower.catchUp(500)).map((item) => Number(item.transaction?.amount));
    expect(amounts.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 1_200 }, (_, n) => n + 1),
    );
  });

  it('can be of one account, from now on, and its cursor is for the same account', async () => {
    const other = await storeAccount(freshet.db);
    await sync({ a: '1' });
    const start = await freshet.call('GET', `/v1/changes?cursor=now&account_id=${account}`);
    expect(start.body).toMatchObject({ data: [], has_more: false });
    const follower = followChanges(freshet, `&account_id=${account}`, start.body.next_cursor);
    expect(await follower.catchUp()).toEqual([]);
    await sync({ x: '10' }, other);
    await sync({ b: '2' });
    await sync({ y: '20' }, other);
    expect(brief(await follower.catchUp())).toEqual(['added 2']);

    for (const query of [`account_id=${other}&`, '']) {
      const path = `/v1/changes?${query}cursor=${follower.cursor}`;
      const { status, body } = await freshet.call('GET', path);
      expect([status, body.errors[0].field]).toEqual([400, 'cursor']);
    }
  });
});

describe('writers and consumers at the same time', () => {
  const seed = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`leave nothing out and see nothing twice (FRESHET_TEST_SEED=${seed})`, async () => {
    const random = randomFrom(seed);
    const pick = (below: number): number => Math.floor(random() * below);
    const accounts = await Promise.all([1, 2, 3, 4].map(() => storeAccount(freshet.db)));

    async function write(): Promise<void> {
      for (let turn = 0; turn < 20; turn++) {
        const accountId = accounts[pick(accounts.length)] ?? '';
        const product = pick(5) === 0 ? 'balance' : 'transaction';
        const { id, trx, commit } = await openSync(freshet.db, accountId, product);
        if (product === 'balance') {
          await storeBalance(trx, accountId, { current: String(pick(1e6)), syncId: id });
        }
        for (let left = product === 'balance' ? 0 : 1 + pick(5); left > 0; left--) {
          const removedAt = pick(5) === 0 ? '2026-02-01T00:00:00Z' : null;
          // Some change again and again; most stay as they are, so that a missed one is noticed.
          const providerId = pick(3) === 0 ? `p${pick(8)}` : randomUUID();
          const values = { providerId, amount: String(pick(1e6)), removedAt };
          await storeTransaction(trx, accountId, { ...values, syncId: id });
        }
        await sleep(pick(12));
        await commit();
      }
    }

    const writers = { busy: true };
    const consume = async (): Promise<SeenChange[]> => {
      const follower = followChanges(freshet, '', now);
      while (writers.busy) await follower.step(1 + pick(6));
      await follower.catchUp(5);
      return follower.seen;
    };
    const consumers = [consume(), consume(), consume()];
    try {
      await Promise.all(Array.from({ length: 6 }, write));
    } finally {
      writers.busy = false;
    }

    const stored = await storedVersions(freshet.db, accounts);
    for (const seen of await Promise.all(consumers)) {
      const versions = seen.map((item) => `${rowOf(item)} ${item.sync_id}`);
      expect(versions.filter((version, at) => versions.indexOf(version) !== at)).toEqual([]);
      const last = new Map(seen.map((item) => [rowOf(item), versionOf(item)]));
      expect(last).toEqual(stored);
    }
  });
});

const rowOf = (item: SeenChange): string => item.transaction?.id ?? item.account_id;
const versionOf = (item: SeenChange): string =>
  `${item.sync_id} ${item.transaction?.amount ?? item.balance?.current}`;

async function storedVersions(
  db: Database,
  accounts: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ row: string; version: string }>`
    select id as row, sync_run_id || ' ' || amount as version from transactions
    where account_id = any(${[...accounts]}::uuid[])
    union all
    select account_id, sync_run_id || ' ' || current from balances
    where account_id = any(${[...accounts]}::uuid[])`.execute(db);
  return new Map(rows.map(({ row, version }) => [row, version]));
}

/** The numbers are the seed's; which writer gets which is the scheduler's. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
