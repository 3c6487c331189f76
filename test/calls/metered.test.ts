import { noopMetricMeter } from '@temporalio/common';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../activities/metrics.ts';
import { toFailure } from '../../activities/fail.ts';
import { reconcile } from '../../activities/reconciler/reconcile.ts';
import { repairs } from '../../activities/reconciler/repairs/index.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { meterCalls } from '../../db/calls/meter-calls.ts';
import type { CallSubject } from '../../db/calls/call-subject.ts';
import { completeUnlink } from '../../db/connections/complete-unlink.ts';
import { eraseConnection } from '../../db/connections/erase-connection.ts';
import { requestUnlink } from '../../db/connections/request-unlink.ts';
import type { Provider, ProviderContext } from '../../providers/provider.ts';
import { crashingDatabase } from '../support/crashing-database.ts';
import { eventually } from '../support/eventually.ts';
import { noContext, storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { openSync } from '../support/store.ts';
import { syncNow } from '../support/sync-now.ts';

const toClose: (() => Promise<unknown>)[] = [];
let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
  await rig.db.deleteFrom('provider_budgets').execute();
  await rig.db.deleteFrom('paid_calls').execute();
});

interface Meter {
  readonly context: ProviderContext;
  readonly counted: [string, string][];
  readonly logged: [object, string][];
}

function meter(subject: Partial<CallSubject> = {}, db: Database = rig.db): Meter {
  const counted: [string, string][] = [];
  const logged: [object, string][] = [];
  const context = meterCalls(
    {
      db,
      logger: { error: (...line: unknown[]) => void logged.push(line as [object, string]) },
      metrics: { callPaid: (...call) => void counted.push(call) },
    },
    noContext,
    { provider: 'one', connectionId: null, ...subject },
  );
  return { context, counted, logged };
}

/** With nobody there. */
function away(): Database {
  const db = connectDatabase({ url: 'postgres://freshet@127.0.0.1:1/freshet' });
  toClose.push(() => db.destroy());
  return db;
}

async function linked(): Promise<RigAccount> {
  const [ids] = await rig.link({ accounts: 1, transactions: 0 });
  if (!ids) throw new Error('no account');
  return ids;
}

/** The rig's, with a budget that is far from used up, and a charge for each balance. */
const charging: () => Provider = () => ({
  ...rig.provider,
  async fetchBalance(account, options, context) {
    expect(await context.take([{ key: 'client', perMinute: 1_000 }])).toBe(0);
    const balance = await rig.provider.fetchBalance(account, options, context);
    await context.paid({ call: 'balance_get' });
    return balance;
  },
});

const keys = async () =>
  (await rig.db.selectFrom('provider_budgets').select('key').orderBy('key').execute()).map(
    ({ key }) => key,
  );
const paidCalls = () => rig.db.selectFrom('paid_calls').selectAll().orderBy('id').execute();

describe('a budget', () => {
  it('is the provider’s own: another one’s of the same name is not touched', async () => {
    const [one, other] = [meter().context, meter({ provider: 'other' }).context];
    const budget = [{ key: 'client', perMinute: 1 }];
    expect(await one.take(budget)).toBe(0);
    expect(await one.take(budget)).toBeGreaterThan(0);
    expect(await other.take(budget)).toBe(0);
    expect(await keys()).toEqual(['one client', 'other client']);
  });

  it('of several nothing is taken where one has no room', async () => {
    const { context } = meter();
    const [wide, narrow] = [
      { key: 'wide', perMinute: 8 },
      { key: 'narrow', perMinute: 1 },
    ];
    expect(await context.take([wide, narrow])).toBe(0);
    for (let time = 0; time < 20; time++) {
      expect(await context.take([wide, narrow])).toBeGreaterThan(50_000);
      expect(await context.take([narrow, wide])).toBeGreaterThan(50_000);
    }
    // Four at once are half of eight, and one is gone.
    for (let time = 0; time < 3; time++) expect(await context.take([wide])).toBe(0);
    expect(await context.take([wide])).toBeGreaterThan(0);
  });

  it('tells when there will be room, and then there is', async () => {
    const { context } = meter();
    const budget = [{ key: 'client', perMinute: 600 }];
    let waitMs = 0;
    while (waitMs === 0) waitMs = await context.take(budget);
    // One comes back in 62 s / 451.
    expect(waitMs).toBeLessThanOrEqual(138);
    expect(await eventually(async () => (await context.take(budget)) === 0)).toBe(true);
  });

  it('of one key twice is the smaller one, and of no keys always has room', async () => {
    const { context } = meter();
    const twice = [
      { key: 'client', perMinute: 1 },
      { key: 'client', perMinute: 1_000 },
    ];
    expect(await context.take(twice)).toBe(0);
    expect(await context.take(twice.toReversed())).toBeGreaterThan(0);
    expect(await context.take([])).toBe(0);
  });

  it('is all used up, and no further, where the database’s clock was set back', async () => {
    const { context } = meter();
    const budget = [{ key: 'client', perMinute: 8 }];
    await rig.db
      .insertInto('provider_budgets')
      .values({ key: 'one client', arrival: sql<Date>`now() + interval '1 hour'` })
      .execute();
    const waitMs = await context.take(budget);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(62_000 / 5 + 1);
  });

  it('is not asked for a call that was ended', async () => {
    const ended = AbortSignal.abort(new Error('ended'));
    const { db, logger, metrics } = rig.deps;
    const context = meterCalls(
      { db, logger, metrics },
      { ...noContext, signal: ended },
      { provider: 'one', connectionId: null },
    );
    await expect(context.take([{ key: 'client', perMinute: 1 }])).rejects.toThrow('ended');
    expect(await keys()).toEqual([]);
  });

  it('of which nothing was used up for ten minutes has no row', async () => {
    await sql`
      insert into provider_budgets (key, arrival)
      select 'one item ' || minute, now() - minute * interval '1 minute'
      from generate_series(-1, 2500) as minute`.execute(rig.db);
    const { budgets_deleted: repair } = repairs;
    if (!repair) throw new Error('no such repair');
    const round = { repairs: { budgets_deleted: repair } };
    const { repaired } = await reconcile(rig.deps, noContext, round);
    expect(repaired).toEqual({ budgets_deleted: 2_491 });
    expect(await keys()).toHaveLength(11);
    expect((await reconcile(rig.deps, noContext, round)).repaired).toEqual({});
  });
});

describe('where Postgres is away', () => {
  it('no budget can be taken', async () => {
    const taking = meter({}, away()).context.take([{ key: 'client', perMinute: 1 }]);
    await expect(taking).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('a paid call is counted in the metric, told by the log, and not lost', async () => {
    const subject = { connectionId: crypto.randomUUID(), accountId: crypto.randomUUID() };
    const { context, counted, logged } = meter(subject, away());
    await context.paid({ call: 'balance_get' });
    expect(counted).toEqual([['one', 'balance_get']]);
    const told = { provider: 'one', call: 'balance_get', ...subject };
    expect(logged).toEqual([[expect.objectContaining(told), 'paid call not counted']]);
  });

  it.each(['before', 'during'] as const)(
    'a sync fails as one of our own that is repeated, when its connection ends %s the taking',
    async (how) => {
      const { account } = await linked();
      const database = crashingDatabase(rig.databaseUrl, rig.db);
      toClose.push(() => database.close());
      let isArmed = true;
      database.onStatement = async (text) => {
        if (isArmed && text.includes('provider_budgets')) database.arm({ at: 1, how });
      };
      const sync = { provider: charging(), db: database.db };
      await rig.bank.forgetCalls();
      const failed = await syncNow(rig, account, 'balance', sync).catch((error: unknown) => error);
      expect(toFailure(failed)).toMatchObject({ type: 'internal', nonRetryable: false });
      expect(await rig.bank.calls()).toEqual({});
      expect(await paidCalls()).toEqual([]);

      isArmed = false;
      await database.disarm();
      await syncNow(rig, account, 'balance', sync);
      expect(await paidCalls()).toHaveLength(1);
    },
  );

  it('a sync keeps what it paid for, when the connection ends where it is counted', async () => {
    const { account } = await linked();
    const database = crashingDatabase(rig.databaseUrl, rig.db);
    toClose.push(() => database.close());
    database.onStatement = async (text) => {
      if (text.includes('paid_calls')) database.arm({ at: 1, how: 'before' });
    };
    await syncNow(rig, account, 'balance', { provider: charging(), db: database.db });
    expect(await paidCalls()).toEqual([]);
    const { body } = await rig.get(`/v1/accounts/${account}/balance`);
    expect(body.last_synced_at).not.toBeNull();
  });
});

describe('a paid call', () => {
  it('is counted in the worker’s metrics, by provider and call', async () => {
    const counted: unknown[] = [];
    const counter = (name: string) => ({
      add: (value: number, labels: object) => void counted.push([name, value, labels]),
    });
    const meter = Object.create(noopMetricMeter, { createCounter: { value: counter } });
    const metrics = createMetrics(meter).ofProvider('none');
    const { account } = await linked();
    const deps = { ...rig.deps, metrics };
    await syncNow({ ...rig, deps }, account, 'balance', { provider: charging() });
    const labels = { provider: 'okra', call: 'balance_get' };
    expect(counted).toEqual([['freshet_paid_calls_total', 1, labels]]);
  });

  it('says for whom it was made, and by which sync', async () => {
    const { account, connectionId } = await linked();
    const syncRunId = crypto.randomUUID();
    await syncNow(rig, account, 'balance', { provider: charging(), syncRunId });
    const made = { account_id: account, connection_id: connectionId, sync_run_id: syncRunId };
    expect(await paidCalls()).toMatchObject([{ provider: 'okra', call: 'balance_get', ...made }]);
  });

  it('is stored while somebody holds the account, and stays where that is erased', async () => {
    const { account, connectionId } = await linked();
    const { context } = meter({ connectionId, accountId: account });
    const sync = await openSync(rig.db, account);
    await context.paid({ call: 'balance_get' });
    await sync.commit();
    await requestUnlink(rig.db, connectionId, { data: 'erase', force: true });
    await completeUnlink(rig.db, connectionId);
    const erasure = { connectionId, concerns: () => false, onBatch: () => undefined };
    await eraseConnection(rig.db, erasure);
    const stays = { account_id: account, connection_id: connectionId };
    expect(await paidCalls()).toMatchObject([stays]);
  });
});
