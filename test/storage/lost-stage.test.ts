import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../db/connect.ts';
import { StageLost } from '../../db/transactions/commit-transactions.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { migrate } from '../../db/migrate.ts';
import { stageTransactions } from '../../db/transactions/stage-transactions.ts';
import { crashingDatabase } from '../support/crashing-database.ts';
import { eventually } from '../support/eventually.ts';
import { mirrorOf, asMirrored } from '../support/mirror.ts';
import { transactionOf } from '../support/staged-commit.ts';
import { startPostgres } from '../support/start-postgres.ts';
import { storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { syncNow, type SyncNow } from '../support/sync-now.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

async function expectTransactions(rig: StorageRig, ids: RigAccount) {
  const { transactions } = await mirrorOf(rig.db, ids.account);
  expect(transactions).toEqual(asMirrored(await rig.bank.truth(ids.bank)).transactions);
}

async function stageOf(rig: StorageRig) {
  return await rig.db.selectFrom('transaction_stage').select('provider_transaction_id').execute();
}

async function linked(rig: StorageRig, transactions: number): Promise<RigAccount> {
  const [ids] = await rig.link({ accounts: 1, transactions });
  if (!ids) throw new Error('no account');
  return ids;
}

/** A sync that stops, once, where everything is staged and nothing of it is committed yet. */
async function stopped(
  rig: StorageRig,
  ids: RigAccount,
  stop: (staged: number) => Promise<void>,
  options: SyncNow = {},
) {
  const { transactions } = await rig.bank.truth(ids.bank);
  const database = crashingDatabase(rig.databaseUrl, rig.db);
  toClose.push(() => database.close());
  let isOver = false;
  database.beforeConnection = async () => {
    if (isOver || (await stageOf(rig)).length < transactions.length) return;
    isOver = true;
    await stop(transactions.length);
  };
  return await syncNow(rig, ids.account, 'transaction', {
    full: true,
    ...options,
    db: database.db,
  });
}

describe('the stage of a dead attempt', () => {
  let rig: StorageRig;
  beforeAll(async () => {
    rig = await storageRig();
  });
  afterAll(() => rig.close());

  it('is never seen, and the next sync of the account throws it away', async () => {
    const [ids, other] = [await linked(rig, 4), await linked(rig, 1)];
    await syncNow(rig, ids.account, 'transaction');
    const left = transactionOf({ providerTransactionId: 'from-the-dead' });
    const stage = { stageId: randomUUID(), accountId: ids.account };
    await stageTransactions(rig.db, stage, [left, { ...left, providerTransactionId: 'second' }]);
    await stageTransactions(rig.db, { ...stage, accountId: other.account }, [left]);
    await expectTransactions(rig, ids);
    const page = await rig.get(`/v1/accounts/${ids.account}/transactions`);
    expect(page.text).not.toContain('from-the-dead');
    await syncNow(rig, ids.account, 'transaction');
    await expectTransactions(rig, ids);
    // The other account's own next sync takes care of its own.
    expect(await stageOf(rig)).toHaveLength(1);
    await syncNow(rig, other.account, 'transaction');
    expect(await stageOf(rig)).toEqual([]);
    await expectTransactions(rig, other);
  });

  it('is taken from an attempt that is not dead after all: it must read again', async () => {
    const ids = await linked(rig, 7);
    const slow = stopped(rig, ids, async () => {
      await rig.bank.control('POST', `/accounts/${ids.bank}/transactions`, {
        amount: '-5.00',
        webhooks: 'withhold',
      });
      await syncNow(rig, ids.account, 'transaction');
    });
    await expect(slow).rejects.toThrow(StageLost);
    await expectTransactions(rig, ids);
    expect(await stageOf(rig)).toEqual([]);
  });
});

describe('an attempt that was thought dead', () => {
  it('answers as the attempt that took its place, and changes nothing', async () => {
    const rig = await storageRig();
    toClose.push(() => rig.close());
    const ids = await linked(rig, 5);
    const syncRunId = await newId(rig.db);
    let second: unknown;
    const first = await stopped(
      rig,
      ids,
      async () => {
        second = await syncNow(rig, ids.account, 'transaction', { full: true, syncRunId });
        await rig.bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-5.00' });
      },
      { syncRunId },
    );
    expect(second).toEqual({ fetched: 5, added: 5, changed: 0, removed: 0 });
    expect(first).toEqual(second);
    expect((await mirrorOf(rig.db, ids.account)).transactions).toHaveLength(5);
    const runs = await rig.db
      .selectFrom('sync_runs')
      .where('account_id', '=', ids.account)
      .select(['status', 'attempts', 'fetched', 'added'])
      .execute();
    expect(runs).toEqual([{ status: 'succeeded', attempts: 2, fetched: 5, added: 5 }]);
  });
});

describe('a Postgres that crashes between the last page and the commit', () => {
  it('has the sync read again, and removes nothing', async () => {
    const first = await startPostgres();
    let server = first;
    toClose.push(() => server.stop());
    const fresh = connectDatabase({ url: first.url });
    await migrate(fresh);
    await fresh.destroy();
    const rig = await storageRig({ databaseUrl: first.url, pageSize: 4 });
    toClose.push(() => rig.close());
    const ids = await linked(rig, 10);
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    await expectTransactions(rig, ids);
    await rig.bank.control('POST', `/accounts/${ids.bank}/transactions`, {
      amount: '-5.00',
      webhooks: 'withhold',
    });
    const before = await mirrorOf(rig.db, ids.account);

    const syncRunId = await newId(rig.db);
    const stop = async () => {
      // This server does not wait for its log to be written when it commits.
      await sql`checkpoint`.execute(rig.db);
      await server.kill();
      server = await startPostgres(first);
      await eventually(() => mirrorOf(rig.db, ids.account));
    };
    const crashed = stopped(rig, ids, stop, { syncRunId });
    await expect(crashed).rejects.toThrow(StageLost);
    expect(await stageOf(rig)).toEqual([]);
    expect(await mirrorOf(rig.db, ids.account)).toEqual(before);

    const counts = await syncNow(rig, ids.account, 'transaction', { full: true, syncRunId });
    expect(counts).toEqual({ fetched: 11, added: 1, changed: 0, removed: 0 });
    await expectTransactions(rig, ids);
    const run = await rig.db
      .selectFrom('sync_runs')
      .where('id', '=', syncRunId)
      .select(['status', 'attempts'])
      .executeTakeFirstOrThrow();
    expect(run).toEqual({ status: 'succeeded', attempts: 2 });
  }, 60_000);
});
