import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import { storeAccount, storeSync, storeTransaction, type RowValues } from '../support/store.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

let account: string;
beforeEach(async () => {
  account = await storeAccount(freshet.db);
});

const store = (values: RowValues) => storeTransaction(freshet.db, account, values);
const list = (query = '') => freshet.call('GET', `/v1/accounts/${account}/transactions?${query}`);
const idsOf = async (query = ''): Promise<string> => {
  const { status, body } = await list(query);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body.data
    .map((row: { provider_transaction_id: string }) => row.provider_transaction_id)
    .join(' ');
};

describe('the filters of transactions', () => {
  beforeEach(async () => {
    const rows: RowValues[] = [
      {
        providerId: 'a',
        transactedAt: '2026-01-31T23:30:00Z',
        bookedAt: '2026-02-01T00:00:00Z',
        amount: '12345678901234567.89',
        description: '100% of Straße_1',
      },
      {
        providerId: 'b',
        transactedAt: '2026-01-31T00:00:00Z',
        bookedAt: '2026-01-31T23:59:59.999999Z',
        amount: '-0.005',
        counterparty: 'ÉLAN Market',
      },
      { providerId: 'c', transactedAt: '2026-01-30T12:00:00Z', status: 'pending', amount: '-10' },
      {
        providerId: 'd',
        transactedAt: '2026-01-29T12:00:00Z',
        amount: '7.10',
        description: '100 percent',
        removedAt: '2026-02-02T00:00:00Z',
      },
    ];
    for (const row of rows) await store(row);
  });

  it.each([
    ['', 'a b c'],
    ['include_removed=true', 'a b c d'],
    ['status=pending', 'c'],
    ['status=posted', 'a b'],
    ['booked_from=2026-02-01', 'a'],
    ['booked_to=2026-01-31', 'b'],
    ['booked_from=2026-01-31&booked_to=2026-02-01', 'a b'],
    ['transacted_from=2026-01-31', 'a b'],
    ['transacted_to=2026-01-30', 'c'],
    ['transacted_from=2026-01-30&transacted_to=2026-01-31', 'a b c'],
    ['min_amount=12345678901234567.89', 'a'],
    ['min_amount=12345678901234567.891', ''],
    ['max_amount=-0.005', 'b c'],
    ['min_amount=-0.0050&max_amount=-0.005', 'b'],
    ['text=100%25', 'a'],
    ['text=_1', 'a'],
    ['text=%25', 'a'],
    [`text=${encodeURIComponent('élan m')}`, 'b'],
    ['text=STRASSE', 'a'],
    ['text=100&include_removed=true', 'a d'],
    [`text=${encodeURIComponent("' or true --")}`, ''],
  ])('%s: %s', async (query, expected) => {
    expect(await idsOf(query)).toBe(expected);
  });

  it.each([
    ['status=removed', 'status'],
    ['booked_from=2026-02-30', 'booked_from'],
    ['booked_to=0000-01-01', 'booked_to'],
    ['transacted_from=yesterday', 'transacted_from'],
    ['min_amount=1e3', 'min_amount'],
    ['max_amount=ten', 'max_amount'],
    ['text=', 'text'],
    ['text=a%00b', 'text'],
    ['include_removed=yes', 'include_removed'],
    ['order=asc', 'order'],
    ['cursor=abc', 'cursor'],
  ])('%s is a 400 that names %s', async (query, field) => {
    const { status, body } = await list(query);
    expect([status, body.errors?.[0].field]).toEqual([400, field]);
  });
});

/** Two of each microsecond. */
const at = (index: number): string => `2026-03-01T00:00:00.00000${Math.floor(index / 2)}Z`;

describe('pages of transactions', () => {
  it('hold each row once, of the same microsecond and of the next, while rows change', async () => {
    for (let index = 0; index < 10; index++) {
      await store({ providerId: `t${index}`, transactedAt: at(index) });
    }
    const first = await list('limit=4');
    await store({ providerId: 'newer', transactedAt: '2026-04-01T00:00:00Z' });
    await store({ providerId: 't1', transactedAt: at(1), amount: '5.55', description: 'edited' });
    await store({ providerId: 't0', transactedAt: at(0), removedAt: '2026-04-01T00:00:00Z' });
    await store({ providerId: 'late', transactedAt: '2026-02-01T00:00:00Z' });
    const rows = [...first.body.data];
    let cursor = first.body.next_cursor;
    while (cursor !== null) {
      const { body } = await list(`limit=4&cursor=${cursor}`);
      rows.push(...body.data);
      cursor = body.next_cursor;
    }
    const ids = rows.map((row) => row.provider_transaction_id);
    expect(ids).toHaveLength(10);
    expect(new Set(ids)).toEqual(
      new Set(['t9', 't8', 't7', 't6', 't5', 't4', 't3', 't2', 't1', 'late']),
    );
    expect(rows.find((row) => row.provider_transaction_id === 't1').amount).toBe('5.55');
  });

  it('go on only with the filters, and of the account, that they began with', async () => {
    for (const providerId of ['a', 'b', 'c']) await store({ providerId });
    const { next_cursor: cursor } = (await list('limit=1&status=posted&min_amount=-5')).body;
    const again = await list(`min_amount=-5&cursor=${cursor}&status=posted&limit=2`);
    expect(again.body.data).toHaveLength(2);
    for (const query of ['', 'status=posted', 'status=posted&min_amount=-6']) {
      const { status, body } = await list(`${query}&cursor=${cursor}`);
      expect([status, body.code, body.errors[0].field]).toEqual([400, 'invalid_request', 'cursor']);
    }
    const other = await storeAccount(freshet.db);
    const path = `/v1/accounts/${other}/transactions?status=posted&min_amount=-5&cursor=${cursor}`;
    expect((await freshet.call('GET', path)).status).toBe(400);
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    parts[1] = '9999-99-99T99:99:99.000000Z';
    const forged = Buffer.from(JSON.stringify(parts)).toString('base64url');
    expect((await list(`status=posted&min_amount=-5&cursor=${forged}`)).status).toBe(400);
  });
});

describe('one transaction', () => {
  it('comes with what changed in it, newest first', async () => {
    const id = await store({ providerId: 'a', amount: '-2.500', valueDate: '2026-01-02' });
    const syncs = [await storeSync(freshet.db, account), await storeSync(freshet.db, account)];
    const fields = [
      { amount: ['12345678901234567.89', '-2.500'] },
      { removed_at: [null, '2026-02-01T00:00:00+00:00'] },
    ];
    for (const [index, syncId] of syncs.entries()) {
      await freshet.db
        .insertInto('transaction_changes')
        .values({
          transaction_id: id,
          kind: index === 0 ? 'changed' : 'removed',
          fields: JSON.stringify(fields[index]),
          sync_run_id: syncId,
        })
        .execute();
    }
    const path = `/v1/accounts/${account}/transactions/${id}`;
    const { status, body } = await freshet.call('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      amount: '-2.500',
      value_date: '2026-01-02',
      matched_by: null,
      data_as_of: null,
      last_synced_at: null,
      stale: false,
    });
    expect(body.changes).toEqual([
      { kind: 'removed', fields: fields[1], changed_at: expect.any(String), sync_id: syncs[1] },
      { kind: 'changed', fields: fields[0], changed_at: expect.any(String), sync_id: syncs[0] },
    ]);
  });

  it('is found in its own account only', async () => {
    const id = await store({});
    const other = await storeAccount(freshet.db);
    const path = `/v1/accounts/${other}/transactions/${id}`;
    expect((await freshet.call('GET', path)).body.code).toBe('not_found');
    const nonsense = await freshet.call('GET', `/v1/accounts/${account}/transactions/nonsense`);
    expect(nonsense.body.errors[0].field).toBe('transaction_id');
  });
});
