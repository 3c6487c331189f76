import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { bareAccount, everything, stagedCommit, transactionOf } from '../support/staged-commit.ts';

let database: FreshDatabase;
let db: Database;
let account: string;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  account = await bareAccount(db);
});

const pending = (given: Partial<Parameters<typeof transactionOf>[0]> = {}) =>
  transactionOf({ providerTransactionId: 'pending-1', status: 'pending', ...given });
const posted = (given: Partial<Parameters<typeof transactionOf>[0]> = {}) =>
  transactionOf({
    providerTransactionId: 'posted-1',
    transactedAt: '2026-03-12T09:00:00.000Z',
    providerUpdatedAt: '2026-03-12T09:00:00.000Z',
    ...given,
  });

async function rows() {
  return await db
    .selectFrom('transactions')
    .where('account_id', '=', account)
    .orderBy('provider_transaction_id')
    .select([
      'id',
      'provider_transaction_id as provider_id',
      'status',
      'amount',
      'matched_by',
      'pending_provider_transaction_id as pending_id',
      'removed_at',
    ])
    .execute();
}

async function changes() {
  return await db
    .selectFrom('transaction_changes')
    .innerJoin('transactions', 'transactions.id', 'transaction_changes.transaction_id')
    .where('account_id', '=', account)
    .orderBy('transaction_changes.id')
    .select(['kind', 'fields'])
    .execute();
}

async function quarantine() {
  return await db
    .selectFrom('quarantined_items')
    .where('account_id', '=', account)
    .orderBy('id')
    .select(['provider_id', 'reason', 'raw'])
    .execute();
}

const at = (id: string, transactedAt: string) =>
  transactionOf({ providerTransactionId: id, transactedAt });
const standing = async () =>
  (await rows()).filter((row) => row.removed_at === null).map((row) => row.provider_id);

const bad = (providerId: string | null, raw = '{"bad":true}') => ({
  providerId,
  reason: 'invalid_transaction_debit',
  raw,
});

describe('from pending to posted', () => {
  it('keeps our id by the provider’s link, whatever the amount and the date', async () => {
    await stagedCommit(db, account, [pending()]);
    const [before] = await rows();
    const counts = await stagedCommit(
      db,
      account,
      [
        posted({
          pendingProviderTransactionId: 'pending-1',
          amount: '-11.50',
          transactedAt: '2026-03-29T00:00:00.000Z',
        }),
      ],
      { complete: everything },
    );
    expect(counts).toEqual({ fetched: 1, added: 0, changed: 1, removed: 0 });
    expect(await rows()).toEqual([
      {
        id: before?.id,
        provider_id: 'posted-1',
        status: 'posted',
        amount: '-11.50',
        matched_by: 'provider',
        pending_id: 'pending-1',
        removed_at: null,
      },
    ]);
    expect((await changes()).map(({ fields }) => fields)).toMatchObject([
      { provider_transaction_id: ['pending-1', 'posted-1'] },
      { status: ['pending', 'posted'], amount: ['-10.00', '-11.50'] },
    ]);
  });

  it('keeps it in whichever order removal and booking are told', async () => {
    await stagedCommit(db, account, [pending()]);
    const [before] = await rows();
    const told = { providerTransactionId: 'pending-1', removedAt: '2026-03-12T09:00:00.000Z' };
    await stagedCommit(db, account, [], { removals: [told] });
    expect((await rows())[0]?.removed_at).not.toBeNull();
    await stagedCommit(db, account, [posted({ pendingProviderTransactionId: 'pending-1' })]);
    await stagedCommit(db, account, [], { removals: [told] });
    expect(await rows()).toMatchObject([
      { id: before?.id, provider_id: 'posted-1', removed_at: null },
    ]);
    expect((await changes()).map(({ kind }) => kind)).toEqual(['removed', 'changed', 'changed']);
  });

  it('takes a pending one for nothing new once its booked form is known', async () => {
    await stagedCommit(db, account, [pending()]);
    await stagedCommit(db, account, [posted({ pendingProviderTransactionId: 'pending-1' })]);
    const before = await rows();
    await stagedCommit(db, account, [pending()]);
    await stagedCommit(db, account, [
      pending(),
      posted({ pendingProviderTransactionId: 'pending-1' }),
    ]);
    expect(await rows()).toEqual(before);
  });

  it('makes one row of both when they come in one read', async () => {
    await stagedCommit(db, account, [
      posted({ pendingProviderTransactionId: 'pending-1' }),
      pending(),
    ]);
    expect(await rows()).toMatchObject([{ provider_id: 'posted-1', pending_id: 'pending-1' }]);
  });

  it('matches by likeness where there is no link, and says so', async () => {
    await stagedCommit(db, account, [pending()]);
    const [before] = await rows();
    await stagedCommit(db, account, [posted()], { complete: everything });
    expect(await rows()).toMatchObject([
      {
        id: before?.id,
        provider_id: 'posted-1',
        matched_by: 'likeness',
        pending_id: 'pending-1',
        removed_at: null,
      },
    ]);
  });

  it('matches one that was told to be gone before', async () => {
    await stagedCommit(db, account, [pending()]);
    const [before] = await rows();
    await stagedCommit(db, account, [], {
      removals: [{ providerTransactionId: 'pending-1', removedAt: '2026-03-12T08:00:00.000Z' }],
    });
    await stagedCommit(db, account, [posted()]);
    expect(await rows()).toMatchObject([
      { id: before?.id, provider_id: 'posted-1', matched_by: 'likeness', removed_at: null },
    ]);
  });

  it.each([
    [
      'two pending ones are like it',
      [pending(), pending({ providerTransactionId: 'pending-2' })],
      [posted()],
    ],
    [
      'it is like two posted ones',
      [pending()],
      [posted(), posted({ providerTransactionId: 'posted-2' })],
    ],
    ['the amount is another', [pending()], [posted({ amount: '-10.01' })]],
    ['the sign is another', [pending()], [posted({ amount: '10.00' })]],
    ['the currency is another', [pending()], [posted({ currency: 'USD' })]],
    [
      'it is more than five days later',
      [pending()],
      [posted({ transactedAt: '2026-03-15T12:00:00.001Z' })],
    ],
    [
      'it is more than five days earlier',
      [pending()],
      [posted({ transactedAt: '2026-03-05T11:59:59.999Z' })],
    ],
    ['it is pending too', [pending()], [posted({ status: 'pending' })]],
    [
      'its version is older',
      [pending()],
      [posted({ providerUpdatedAt: '2026-03-09T00:00:00.000Z' })],
    ],
    ['the pending one is still listed', [pending()], [posted(), pending()]],
  ])('does not match when %s', async (_, before, after) => {
    await stagedCommit(db, account, before);
    const ids = (await rows()).map(({ id }) => id);
    await stagedCommit(db, account, after, { complete: everything });
    const now = await rows();
    expect(now.filter(({ matched_by: how }) => how !== null)).toEqual([]);
    expect(now).toHaveLength(
      new Set([...before, ...after].map((one) => one.providerTransactionId)).size,
    );
    expect(now.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  it.each([
    ['the read proves no absence', null],
    ['the pending one lies outside of what was read', { from: '2026-03-11', to: '2026-03-31' }],
  ])('does not match when %s', async (_, complete) => {
    await stagedCommit(db, account, [pending()]);
    await stagedCommit(db, account, [posted()], { complete });
    expect(await rows()).toMatchObject([
      { provider_id: 'pending-1', matched_by: null, removed_at: null },
      { provider_id: 'posted-1', matched_by: null },
    ]);
  });

  it.each([
    ['it came and could not be taken', 'pending-1'],
    ['something came that may be it', null],
  ])('does not match when %s', async (_, providerId) => {
    await stagedCommit(db, account, [pending()]);
    await stagedCommit(db, account, [posted()], {
      complete: everything,
      rejected: [{ providerId, reason: 'invalid', raw: '{}' }],
    });
    expect(await rows()).toMatchObject([
      { provider_id: 'pending-1', status: 'pending', removed_at: null },
      { provider_id: 'posted-1', matched_by: null },
    ]);
  });

  it('matches at exactly five days, and each to its own', async () => {
    await stagedCommit(db, account, [
      pending(),
      pending({ providerTransactionId: 'pending-2', amount: '-0.005' }),
    ]);
    await stagedCommit(
      db,
      account,
      [
        posted({ transactedAt: '2026-03-15T12:00:00.000Z' }),
        posted({ providerTransactionId: 'posted-2', amount: '-0.0050' }),
      ],
      { complete: everything },
    );
    expect(await rows()).toMatchObject([
      { provider_id: 'posted-1', pending_id: 'pending-1', matched_by: 'likeness' },
      { provider_id: 'posted-2', pending_id: 'pending-2', matched_by: 'likeness' },
    ]);
  });
});

describe('a removed transaction', () => {
  const one = transactionOf({ providerTransactionId: 'one' });
  const removal = { providerTransactionId: 'one', removedAt: '2026-03-20T00:00:00.000Z' };

  it('is a mark, once, at the bank’s time', async () => {
    await stagedCommit(db, account, [one]);
    const first = await stagedCommit(db, account, [], { removals: [removal] });
    const again = await stagedCommit(db, account, [], { removals: [removal] });
    expect([first.removed, again.removed]).toEqual([1, 0]);
    expect(await rows()).toMatchObject([{ removed_at: new Date(removal.removedAt) }]);
    expect(await changes()).toMatchObject([
      { kind: 'removed', fields: { removed_at: [null, expect.stringContaining('2026-03-20')] } },
    ]);
  });

  it('comes back when a later read shows it, unchanged or not', async () => {
    await stagedCommit(db, account, [one]);
    await stagedCommit(db, account, [], { removals: [removal] });
    const [before] = await rows();
    const counts = await stagedCommit(db, account, [one], { readAsOf: '2026-03-21T00:00:00.000Z' });
    expect(counts).toMatchObject({ added: 0, changed: 1 });
    expect(await rows()).toMatchObject([{ id: before?.id, removed_at: null }]);
    expect((await changes()).map(({ kind }) => kind)).toEqual(['removed', 'restored']);
  });

  it('stays removed when an earlier read shows it', async () => {
    await stagedCommit(db, account, [one]);
    await stagedCommit(db, account, [], { removals: [removal] });
    await stagedCommit(db, account, [one], { readAsOf: '2026-03-19T00:00:00.000Z' });
    expect(await rows()).toMatchObject([{ removed_at: new Date(removal.removedAt) }]);
  });

  it('that came back is not removed by the same removal, told late', async () => {
    await stagedCommit(db, account, [one]);
    await stagedCommit(db, account, [], { removals: [removal] });
    await stagedCommit(db, account, [one], { readAsOf: '2026-03-21T00:00:00.000Z' });
    await stagedCommit(db, account, [], { removals: [removal] });
    expect(await rows()).toMatchObject([{ removed_at: null }]);
    const later = { ...removal, removedAt: '2026-03-22T00:00:00.000Z' };
    await stagedCommit(db, account, [], { removals: [later] });
    expect(await rows()).toMatchObject([{ removed_at: new Date(later.removedAt) }]);
  });
});

describe('an edited transaction', () => {
  it('keeps the history of the fields that changed, and of no other', async () => {
    const one = transactionOf({ providerTransactionId: 'one', counterparty: 'Ada' });
    await stagedCommit(db, account, [one]);
    await stagedCommit(db, account, [
      { ...one, amount: '-12345678901234567.89', providerUpdatedAt: '2026-03-11T00:00:00.000Z' },
    ]);
    await stagedCommit(db, account, [
      {
        ...one,
        amount: '-12345678901234567.890',
        counterparty: null,
        valueDate: '2026-03-14',
        providerUpdatedAt: '2026-03-12T00:00:00.000Z',
      },
    ]);
    expect(await changes()).toEqual([
      { kind: 'changed', fields: { amount: ['-10.00', '-12345678901234567.89'] } },
      {
        kind: 'changed',
        fields: { counterparty: ['Ada', null], value_date: [null, '2026-03-14'] },
      },
    ]);
  });
});

describe('absence', () => {
  const held = [
    at('before', '2026-03-09T23:59:59.999Z'),
    at('first', '2026-03-10T00:00:00.000Z'),
    at('last', '2026-03-12T23:59:59.999Z'),
    at('after', '2026-03-13T00:00:00.000Z'),
  ];

  it('removes only within the dates that were read, both ends included', async () => {
    await stagedCommit(db, account, held);
    const complete = { from: '2026-03-10', to: '2026-03-12' };
    expect(await stagedCommit(db, account, [], { complete })).toMatchObject({ removed: 2 });
    expect(await standing()).toEqual(['after', 'before']);
  });

  it.each([
    ['from', { from: '2026-03-10', to: null }, ['before']],
    ['to', { from: null, to: '2026-03-12' }, ['after']],
    ['nothing', null, ['after', 'before', 'first', 'last']],
  ])('is bounded by %s alone', async (_, complete, left) => {
    await stagedCommit(db, account, held);
    await stagedCommit(db, account, [], { complete });
    expect(await standing()).toEqual(left);
  });

  it('removes nothing that is newer than the read', async () => {
    await stagedCommit(db, account, held);
    const readAsOf = '2026-03-10T11:59:59.999Z';
    await stagedCommit(db, account, [], { complete: everything, readAsOf });
    expect(await standing()).toHaveLength(4);
  });

  it('is not proven by a read that held something without an id', async () => {
    await stagedCommit(db, account, held);
    const rejected = [{ providerId: null, reason: 'invalid_transaction_id', raw: '{"a":1}' }];
    const counts = await stagedCommit(db, account, [], { complete: everything, rejected });
    expect(counts).toEqual({ fetched: 1, added: 0, changed: 0, removed: 0 });
    expect(await standing()).toHaveLength(4);
  });

  it('is not that of an item which came and could not be taken', async () => {
    await stagedCommit(db, account, held);
    const rejected = [{ providerId: 'first', reason: 'invalid', raw: '{"a":1}' }];
    await stagedCommit(db, account, [], { complete: everything, rejected });
    expect(await standing()).toEqual(['first']);
  });
});

describe('quarantine', () => {
  it('holds each content once, and lets it go when the item is taken', async () => {
    await stagedCommit(db, account, [], { rejected: [bad('one'), bad('two')] });
    await stagedCommit(db, account, [], { rejected: [bad('one'), bad('two')] });
    expect(await quarantine()).toMatchObject([{ provider_id: 'one' }]);
    await stagedCommit(db, account, [], { rejected: [bad('two', '{"bad":2}')] });
    await stagedCommit(db, account, [transactionOf({ providerTransactionId: 'two' })]);
    expect(await quarantine()).toMatchObject([{ provider_id: 'one' }]);
    await stagedCommit(db, account, [transactionOf({ providerTransactionId: 'one' })]);
    expect(await quarantine()).toEqual([]);
  });

  it('lets go of what a full read no longer holds, with an id or without', async () => {
    await stagedCommit(db, account, [], { rejected: [bad(null), bad('gone', '{"bad":2}')] });
    await stagedCommit(db, account, [], { complete: { from: '2026-03-01', to: '2026-03-31' } });
    expect(await quarantine()).toHaveLength(2);
    const rejected = [bad('still', '{"bad":3}')];
    await stagedCommit(db, account, [], { complete: everything, rejected });
    expect(await quarantine()).toMatchObject([{ provider_id: 'still' }]);
  });

  it('holds an item that came twice, equally new and different, and keeps what was known', async () => {
    const one = transactionOf({ providerTransactionId: 'one', raw: '{"n":0}' });
    await stagedCommit(db, account, [one]);
    const version = { ...one, providerUpdatedAt: '2026-03-11T00:00:00.000Z' };
    const counts = await stagedCommit(
      db,
      account,
      [
        { ...version, amount: '-1.00', raw: '{"n":1}' },
        { ...version, amount: '-2.00', raw: '{"n":2}' },
        transactionOf({ providerTransactionId: 'two' }),
      ],
      { complete: everything },
    );
    expect(counts).toEqual({ fetched: 3, added: 1, changed: 0, removed: 0 });
    expect(await rows()).toMatchObject([
      { provider_id: 'one', amount: '-10.00', removed_at: null },
      { provider_id: 'two' },
    ]);
    expect(await quarantine()).toMatchObject([
      { provider_id: 'one', reason: 'ambiguous_duplicate', raw: '{"n":1}' },
      { provider_id: 'one', reason: 'ambiguous_duplicate', raw: '{"n":2}' },
    ]);
  });
});
