import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../config/event-type.ts';
import { markStale } from '../../db/accounts/mark-stale.ts';
import { recordAccountState } from '../../db/accounts/record-account-state.ts';
import { completeUnlink } from '../../db/connections/complete-unlink.ts';
import { eraseConnection } from '../../db/connections/erase-connection.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { offerAccounts } from '../../db/connections/offer-accounts.ts';
import { requestUnlink } from '../../db/connections/request-unlink.ts';
import { disableEndpoint } from '../../db/endpoints/disable-endpoint.ts';
import { recordEvent } from '../../db/events/record-event.ts';
import { recordTestEvent } from '../../db/events/record-test-event.ts';
import type { AccountStatus, PauseReason } from '../../db/schema.ts';
import { failSyncRun } from '../../db/syncs/fail-sync-run.ts';
import { eventSchemas, type Document, type EventSchemas } from '../support/event-schemas.ts';
import { bareAccount, everything, stagedCommit, transactionOf } from '../support/staged-commit.ts';
import { storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';

let rig: StorageRig;
let schemas: EventSchemas;
beforeAll(async () => {
  rig = await storageRig({ pageSize: 100 });
  schemas = await eventSchemas();
});
afterAll(() => rig.close());

/** The events of an account, oldest first, as both payloads show them. */
async function bodiesOf(accountId: string, type?: string): Promise<Both[]> {
  const query = `account_id=${accountId}&limit=500${type === undefined ? '' : `&type=${type}`}`;
  const { body } = await rig.get(`/v1/events?${query}`);
  return await Promise.all(body.data.toReversed().map(both));
}

interface Both {
  readonly ids: Document;
  readonly full: Document;
}

/** Checks both bodies of an event against the schema of its type. */
async function both(ids: Document): Promise<Both> {
  const { body: full } = await rig.get(`/v1/events/${ids.id}?payload=full`);
  expect([ids.type, schemas.mistakes(ids)]).toEqual([ids.type, null]);
  expect([full.type, schemas.mistakes(full)]).toEqual([full.type, null]);
  expect((await rig.get(`/v1/events/${ids.id}`)).body).toEqual(ids);
  const { data: _, ...envelope } = ids;
  expect(full).toMatchObject(envelope);
  return { ids, full };
}

/** An account of the bank, with an endpoint of its own that wants to hear of everything. */
async function linked(transactions: number): Promise<RigAccount> {
  const [account] = await rig.link({ accounts: 1, transactions });
  if (!account) throw new Error('no account');
  await wantUnchanged(account.account);
  return account;
}

async function wantUnchanged(accountId: string): Promise<string> {
  const { id } = await rig.db
    .insertInto('webhook_endpoints')
    .values({ account_id: accountId, url: 'https://receiver.example/', unchanged: true })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const idsIn = (lists: Document): string[] =>
  ['added', 'changed', 'removed'].flatMap((name) => lists[name]);
const row = (id: string, amount: string, updated = '01') =>
  transactionOf({
    providerTransactionId: id,
    amount,
    providerUpdatedAt: `2026-03-${updated}T00:00:00.000Z`,
  });

const amountsIn = (body: Document, change: string): string[] =>
  body.data.transactions[change].map(({ amount }: Document) => amount);

const idOf = ({ id }: Document): string => id;

describe('transaction.success', () => {
  it('splits a scan of 250 into three, which name each once', async () => {
    const { account, connectionId } = await linked(250);
    const syncRunId = await newId(rig.db);
    await syncNow(rig, account, 'transaction', { syncRunId, triggers: ['link'] });
    const bodies = await bodiesOf(account, 'transaction.success');
    expect(bodies.map(({ ids }) => ids.data.part)).toEqual([1, 2, 3]);
    const [first] = bodies;
    const sequence = bodies.map(({ ids }) => ids.sequence - first?.ids.sequence);
    expect(sequence).toEqual([0, 1, 2]);
    for (const { ids } of bodies) {
      expect(ids).toMatchObject({
        account_id: account,
        connection_id: connectionId,
        sync: { id: syncRunId, triggers: ['link'] },
        data: {
          changed: true,
          counts: { added: 250, changed: 0, removed: 0 },
          parts: 3,
          payload: 'ids',
        },
      });
    }
    const stored = await rig.db
      .selectFrom('transactions')
      .where('account_id', '=', account)
      .orderBy('id')
      .select('id')
      .execute();
    const named = bodies.flatMap(({ ids }) => idsIn(ids.data.transaction_ids));
    expect(named).toEqual(stored.map(idOf));

    for (const { ids, full } of bodies) {
      const { added } = full.data.transactions;
      expect(added.map(idOf)).toEqual(ids.data.transaction_ids.added);
      const times: string[] = added.map((one: Document) => one.transacted_at).sort();
      expect([full.data.from, full.data.to]).toEqual([times[0], times.at(-1)]);
      expect([ids.data.from, ids.data.to]).toEqual([times[0], times.at(-1)]);
    }
    const [shown] = bodies[1]?.full.data.transactions.added ?? [];
    const { body: read } = await rig.get(`/v1/accounts/${account}/transactions/${shown.id}`);
    expect(read).toMatchObject(shown);
  });

  it('tells what was added, changed and removed, exactly, and as it is now', async () => {
    const account = await bareAccount(rig.db);
    const old = [row('same', '-1'), row('edited', '-2'), row('gone', '-3')];
    await stagedCommit(rig.db, account, old, { readAsOf: '2026-03-20T00:00:00.000Z' });
    const exact = '12345678901234567.89';
    const next = [row('same', '-1'), row('edited', exact, '21'), row('new', '-4')];
    await stagedCommit(rig.db, account, next, {
      complete: everything,
      readAsOf: '2026-03-22T00:00:00.000Z',
    });
    const [scan, second] = await bodiesOf(account);
    expect(second?.full.data.counts).toEqual({ added: 1, changed: 1, removed: 1 });
    expect(amountsIn(second?.full, 'added')).toEqual(['-4']);
    expect(amountsIn(second?.full, 'changed')).toEqual([exact]);
    expect(amountsIn(second?.full, 'removed')).toEqual(['-3']);
    expect(second?.full.data.transactions.removed[0].removed_at).toMatch(/^2026-/);
    // What came first is told as it stands: late, it undoes nothing.
    expect(amountsIn(scan?.full, 'added').sort()).toEqual(['-1', '-3', exact]);
    const gone = scan?.full.data.transactions.added.find(({ amount }: Document) => amount === '-3');
    expect(gone.removed_at).toMatch(/^2026-/);
    expect(second?.ids.sequence).toBe(scan?.ids.sequence + 1);
  });

  it('says that nothing has changed, where that is wanted', async () => {
    const { account } = await linked(3);
    await syncNow(rig, account, 'transaction');
    await syncNow(rig, account, 'transaction', { full: true });
    const [, unchanged] = await bodiesOf(account, 'transaction.success');
    const nothing = { added: [], changed: [], removed: [] };
    const said = {
      changed: false,
      counts: { added: 0, changed: 0, removed: 0 },
      part: 1,
      parts: 1,
      from: null,
      to: null,
      change_cursor: null,
    };
    expect(unchanged?.ids.data).toMatchObject({ ...said, transaction_ids: nothing });
    expect(unchanged?.full.data).toMatchObject({ ...said, transactions: nothing });
  });
});

describe('balance.success', () => {
  it('has the balance as it is now, exactly', async () => {
    const { account } = await linked(0);
    await syncNow(rig, account, 'balance');
    await syncNow(rig, account, 'balance');
    const shown = (await rig.get(`/v1/accounts/${account}/balance`)).body;
    const [first, second] = await bodiesOf(account, 'balance.success');
    const { balance } = first?.full.data ?? {};
    expect(shown).toMatchObject({ current: balance.current, available: balance.available });
    expect(second?.full.data.balance).toEqual(balance);
    expect([first?.ids.data.changed, second?.ids.data.changed]).toEqual([true, false]);
    expect(second?.ids.data.change_cursor).toBeNull();
    expect(first?.ids.data).not.toHaveProperty('balance');
  });
});

describe('the change cursor', () => {
  it('begins with what the sync itself has changed', async () => {
    const { account } = await linked(120);
    await syncNow(rig, account, 'transaction');
    await syncNow(rig, account, 'balance');
    await rig.bank.control('POST', `/accounts/${await bankIdOf(account)}/transactions`, {
      amount: '-5.00',
    });
    await syncNow(rig, account, 'transaction', { full: true });
    const bodies = (await bodiesOf(account)).filter(({ ids }) => ids.sync !== null);
    expect(bodies.map(({ ids }) => ids.type)).toEqual([
      'transaction.success',
      'transaction.success',
      'balance.success',
      'transaction.success',
    ]);
    for (const { ids, full } of bodies) {
      const cursor: string = ids.data.change_cursor;
      expect(full.data.change_cursor).toBe(cursor);
      const { body } = await changesFrom(account, cursor);
      const own = body.data.filter((one: Document) => one.sync_id === ids.sync.id);
      expect(body.data.slice(0, own.length)).toEqual(own);
      expect(own.length).toBeGreaterThan(0);
      expect(own.map(shownIn)).toEqual(expect.arrayContaining(told(full)));
    }
    const [newest] = (await changesFrom(account, bodies.at(-1)?.ids.data.change_cursor)).body.data;
    expect(newest.transaction.amount).toBe('-5.00');
    const elsewhere = await rig.get(`/v1/changes?cursor=${bodies[0]?.ids.data.change_cursor}`);
    expect(elsewhere.status).toBe(400);
  });
});

/** The balance, or the transactions. */
const told = ({ data }: Document): Document[] =>
  data.balance ? [data.balance] : Object.values<Document>(data.transactions).flat();

const shownIn = (change: Document): Document => change.balance ?? change.transaction;

const changesFrom = (account: string, cursor: string) =>
  rig.get(`/v1/changes?account_id=${account}&limit=500&cursor=${cursor}`);

async function bankIdOf(account: string): Promise<string> {
  const row = await rig.db
    .selectFrom('accounts')
    .where('id', '=', account)
    .select('provider_account_id')
    .executeTakeFirstOrThrow();
  return row.provider_account_id;
}

it('the list tells of a time: its first moment included, its end not', async () => {
  const { account } = await linked(0);
  for (let sync = 0; sync < 4; sync += 1) await syncNow(rig, account, 'balance');
  const of = async (query: string) =>
    (await rig.get(`/v1/events?account_id=${account}${query}`)).body;
  const all: Document[] = (await of('')).data;
  const times: string[] = all.map(({ timestamp }) => timestamp);
  expect(times.toSorted().toReversed()).toEqual(times);
  const [newest = '', , middle = ''] = times;
  const later = new Date(Date.parse(newest) + 1).toISOString();
  expect((await of(`&since=${times.at(-1)}&until=${later}`)).data).toEqual(all);
  const [from, until] = [(await of(`&since=${middle}`)).data, (await of(`&until=${middle}`)).data];
  expect([...from, ...until]).toEqual(all);
  expect([from.length, until.length]).not.toContain(all.length);
  expect((await of(`&since=${later}`)).data).toEqual([]);
  expect((await of('&since=yesterday')).errors).toMatchObject([{ field: 'since' }]);
});

it('what was erased is told no more: full bodies have what ids have', async () => {
  const { account, connectionId } = await linked(3);
  await syncNow(rig, account, 'transaction');
  await syncNow(rig, account, 'balance');
  await requestUnlink(rig.db, connectionId, { data: 'erase', force: true });
  await completeUnlink(rig.db, connectionId);
  await eraseConnection(rig.db, { connectionId, concerns: () => false, onBatch: () => undefined });
  const bodies = await bodiesOf(account);
  for (const type of ['balance.success', 'transaction.success']) {
    const body = bodies.find(({ ids }) => ids.type === type);
    expect(body?.full).toEqual(body?.ids);
    expect(body?.full.data).toMatchObject({ payload: 'ids', change_cursor: null });
  }
});

it('there is a body of every type, as its schema says', async () => {
  const { account, connectionId } = await linked(2);
  await syncNow(rig, account, 'balance');
  await syncNow(rig, account, 'transaction');
  for (const product of ['balance', 'transaction'] as const) {
    await failSyncRun(rig.db, {
      syncRunId: randomUUID(),
      accountId: account,
      product,
      triggers: ['schedule', 'webhook'],
      errorKind: 'retry',
      errorCode: 'bank_unavailable',
      consentVersion: 1,
    });
  }
  const standings: [AccountStatus, PauseReason | null][] = [
    ['active', null],
    ['paused', 'user'],
    ['active', null],
    ['paused', 'reauth_required'],
    ['active', null],
    ['paused', 'provider_error'],
    ['active', null],
  ];
  for (const [status, pauseReason] of standings) {
    const versions = { settingsVersion: 1, consentVersion: 1, nextSyncAt: null };
    await recordAccountState(rig.db, { accountId: account, status, pauseReason, ...versions });
  }
  const longAgo = sql<Date>`now() - interval '9 days'`;
  await rig.db
    .updateTable('accounts')
    .set({ balance_synced_at: longAgo, settings_changed_at: longAgo })
    .set({ refresh_interval: 'daily', effective_interval: 'daily' })
    .where('id', '=', account)
    .execute();
  await markStale(rig.db);
  const consent_expires_at = '2027-01-01T00:00:00.000Z';
  await rig.db.transaction().execute(async (trx) => {
    const one = { name: 'x', number: '1', type: 'savings', currency: 'NGN' };
    await offerAccounts(trx, connectionId, [{ providerAccountId: 'later', ...one }]);
    await recordEvent(trx, {
      type: 'connection.expiring',
      connectionId,
      data: { consent_expires_at },
    });
  });
  await rig.db.transaction().execute(async (trx) => {
    const data = { link_session_id: connectionId, status: 'exited', status_code: null };
    await recordEvent(trx, {
      type: 'link_session.ended',
      data: { ...data, connection_ids: [] },
    });
  });
  const endpoint = await wantUnchanged(await bareAccount(rig.db));
  await disableEndpoint(rig.db, endpoint, 'gone');
  await recordTestEvent(rig.db, endpoint);
  await requestUnlink(rig.db, connectionId, { data: 'keep', force: true });
  await completeUnlink(rig.db, connectionId);

  const of = async (query: string): Promise<Document[]> =>
    (await rig.get(`/v1/events?limit=500&${query}`)).body.data;
  const ofEndpoint = ['endpoint.disabled', 'webhook.test', 'link_session.ended'];
  const events = [
    ...(await of(`connection_id=${connectionId}`)),
    ...(await Promise.all(ofEndpoint.map((type) => of(`type=${type}`)))).flat(),
  ];
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
  for (const event of events) await both(event);
  const test = events.find(({ type }) => type === 'webhook.test');
  expect(test.data).toEqual({ endpoint_id: endpoint, message: expect.any(String) });
  const sequences = events.flatMap(({ sequence }) => sequence ?? []).toReversed();
  expect(sequences).toEqual(sequences.map((_, place) => place + 1));
});
