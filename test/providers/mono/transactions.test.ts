import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../providers/provider.ts';
import type { Truth } from '../../fakes/mono/truth.ts';
import { testContext } from '../context.ts';
import { errorOf, linkOne, readAll, startBank, type Bank } from './bank.ts';

const DAY = 86_400_000;

let bank: Bank;

beforeAll(async () => {
  bank = await startBank();
});

beforeEach(() => {
  bank.mono.control.alterations.clear();
});

afterAll(async () => {
  await bank[Symbol.asyncDispose]();
});

const daysAgo = (days: number): string =>
  new Date(bank.mono.control.clock.now() - days * DAY).toISOString();

const date = (days: number): string => daysAgo(days).slice(0, 10);

const rows = (days: readonly number[]) =>
  days.map((day, n) => ({ id: `t${n}`, amount: 100 + n, date: daysAgo(day) }));

const idsOf = (truth: Truth): string[] => truth.transactions.map(({ id }) => id);

const sinceOf = (cursor: JsonValue | null): unknown =>
  (cursor as { since?: unknown } | null)?.since;

describe('a full read', () => {
  it('gives all that Mono holds, of any age, in one answer, and proves it', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([900, 400, 30, 2]) });
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(
      idsOf(bank.mono.control.truth(id)),
    );
    expect(end).toMatchObject({ complete: { from: null, to: null }, cursor: { since: date(2) } });
    const query = bank.mono.calls.list('transactions').at(-1)?.query;
    expect(query).toMatchObject({ start: '01-01-2000', paginate: 'false' });
    expect(query?.['end']).toMatch(/^\d\d-\d\d-\d{4}$/);
  });

  it('keeps each digit, the sign by type, and the row as it came', async () => {
    const at = '2026-03-04T05:06:07.089Z';
    const made = { id: 'one', narration: 'NIP/Ada', date: at, category: 'food', balance: 7 };
    const { ref } = await linkOne(bank, {
      currency: 'ZAR',
      transactions: [{ ...made, amount: 9_007_199_254_740_991, type: 'debit' }],
    });
    const { upserts } = await readAll(bank.provider, ref);
    expect(upserts).toEqual([
      {
        providerTransactionId: 'one',
        status: 'posted',
        amount: '-90071992547409.91',
        currency: 'ZAR',
        description: 'NIP/Ada',
        counterparty: null,
        category: 'food',
        transactedAt: at,
        bookedAt: at,
        valueDate: null,
        runningBalance: '0.07',
        pendingProviderTransactionId: null,
        providerUpdatedAt: null,
        raw: `{"id":"one","narration":"NIP/Ada","amount":9007199254740991,"type":"debit","balance":7,"date":"${at}","category":"food"}`,
      },
    ]);
  });

  it('sees a row that was removed while it read, or does not: never a gap', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([9, 8, 7, 6, 5]) });
    const remove = bank.mono.control.beforePage(() => {
      remove();
      bank.mono.control.removeTransaction(id, 't4');
      bank.mono.control.extract(id);
    });
    const { upserts } = await readAll(bank.provider, ref);
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(['t3', 't2', 't1', 't0']);
  });

  it('reads an answer that is too large in halves, which prove no absence', async () => {
    const { ref } = await linkOne(bank, {
      transactions: rows(Array.from({ length: 60 }, (_, n) => n * 20 + 1)),
    });
    const small = bank.with({ maxBytes: 4_000 });
    const { upserts, end } = await readAll(small, ref);
    expect(new Set(upserts.map((one) => one.providerTransactionId)).size).toBe(60);
    expect(end).toMatchObject({ complete: null, cursor: { since: date(1) } });
  });

  it('gives up on days that are too large by themselves', async () => {
    const { ref } = await linkOne(bank, {
      transactions: rows(Array.from({ length: 60 }, () => 10)),
    });
    const error = await errorOf(readAll(bank.with({ maxBytes: 4_000 }), ref));
    expect(error).toMatchObject({ kind: 'bug', code: 'response_too_large' });
  });

  it('of an account without transactions begins at the beginning the next time', async () => {
    const { ref, id } = await linkOne(bank);
    const { end } = await readAll(bank.provider, ref);
    expect(end).toMatchObject({ cursor: { since: null }, complete: { from: null, to: null } });
    bank.mono.control.addTransaction(id, { amount: 1, date: daysAgo(200) });
    bank.mono.control.extract(id);
    const query = { scope: 'incremental', cursor: end.cursor } as const;
    expect((await readAll(bank.provider, ref, query)).upserts).toHaveLength(1);
  });
});

describe('an incremental read', () => {
  it('reaches back behind the newest transaction, and proves the days that it is sure of', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([40, 12, 5]) });
    const { end: first } = await readAll(bank.provider, ref);
    bank.mono.control.addTransaction(id, { id: 'new', amount: 5, date: daysAgo(1) });
    bank.mono.control.extract(id);
    const query = { scope: 'incremental', cursor: first.cursor } as const;
    const { upserts, end } = await readAll(bank.provider, ref, query);
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(['new', 't2', 't1']);
    expect(end).toMatchObject({
      cursor: { since: date(1) },
      complete: { from: date(11), to: date(0) },
    });
  });

  it('goes on from the newest transaction, however late the bank is asked again', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([120]) });
    let { end } = await readAll(bank.provider, ref);
    ({ end } = await readAll(bank.provider, ref, { scope: 'incremental', cursor: end.cursor }));
    bank.mono.control.addTransaction(id, { id: 'between', amount: 1, date: daysAgo(80) });
    bank.mono.control.extract(id);
    const query = { scope: 'incremental', cursor: end.cursor } as const;
    const { upserts } = await readAll(bank.provider, ref, query);
    expect(upserts.map((one) => one.providerTransactionId)).toContain('between');
  });

  it('is not led into the future by a row that is dated ahead', async () => {
    const { ref } = await linkOne(bank, { transactions: rows([3, -30]) });
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(upserts).toHaveLength(2);
    expect(sinceOf(end.cursor)).toBe(date(3));
  });

  it('proves by an empty list, where Mono says that it holds all', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([2]) });
    const { end: first } = await readAll(bank.provider, ref);
    bank.mono.control.removeTransaction(id, 't0');
    bank.mono.control.extract(id);
    const query = { scope: 'incremental', cursor: first.cursor } as const;
    const { upserts, end } = await readAll(bank.provider, ref, query);
    expect(upserts).toEqual([]);
    expect(end.complete).toEqual({ from: date(8), to: date(0) });
    expect(sinceOf(end.cursor)).toBe(date(2));
  });

  it('ends by Mono’s clock where it is ahead of ours', async () => {
    await using ahead = await startBank({}, { clock: () => Date.now() + 5 * DAY });
    const { ref, id } = await linkOne(ahead, { transactions: rows([1]) });
    const { end } = await readAll(ahead.provider, ref);
    ahead.mono.control.addTransaction(id, { id: 'new', amount: 1 });
    ahead.mono.control.extract(id);
    const query = { scope: 'incremental', cursor: end.cursor } as const;
    const { upserts } = await readAll(ahead.provider, ref, query);
    expect(upserts.map((one) => one.providerTransactionId)).toContain('new');
  });

  it.each([[{}], [{ since: 'yesterday' }], ['x'], [null]])(
    'refuses the cursor %j',
    async (cursor) => {
      const { ref } = await linkOne(bank);
      const error = await errorOf(readAll(bank.provider, ref, { scope: 'incremental', cursor }));
      expect(error).toMatchObject({ kind: 'bug', code: 'cursor_malformed' });
    },
  );
});

describe('what Mono has not retrieved', () => {
  it('is being prepared, and empty until then', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([3, 2]) }, { retrieve: null });
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(upserts).toEqual([]);
    expect(end).toMatchObject({ preparing: true, cursor: null, complete: null });
    const early = bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(await errorOf(early)).toMatchObject({ kind: 'retry', code: 'balance_processing' });
    bank.mono.control.extract(id);
    expect((await readAll(bank.provider, ref)).upserts).toHaveLength(2);
  });

  it('proves nothing where Mono began anew in the middle', async () => {
    const { ref, id } = await linkOne(bank, { transactions: rows([3, 2]) });
    const remove = bank.mono.control.beforePage(() => {
      remove();
      bank.mono.control.account(id).shown = { balance: null, transactions: null };
      bank.mono.control.setDataStatus(id, 'PROCESSING');
    });
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(upserts).toEqual([]);
    expect(end).toMatchObject({ preparing: true, cursor: null, complete: null });
  });

  it.each([
    ['UNAVAILABLE', 'unavailable'],
    ['FAILED', 'failed'],
  ] as const)('is %s: later, and never taken for nothing', async (dataStatus, code) => {
    const { ref } = await linkOne(bank, {}, { retrieve: [], dataStatus });
    const balance = bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(await errorOf(balance)).toMatchObject({ kind: 'retry', code: `balance_${code}` });
    const list = readAll(bank.provider, ref);
    expect(await errorOf(list)).toMatchObject({ kind: 'retry', code: `transactions_${code}` });
  });

  it('is the other half of what is there in part', async () => {
    const noRows = await linkOne(bank, { openingBalance: 5 }, { retrieve: ['balance'] });
    const balance = bank.provider.fetchBalance(noRows.ref, { refresh: false }, testContext());
    expect(await balance).toMatchObject({ current: '0.05' });
    const list = await errorOf(readAll(bank.provider, noRows.ref));
    expect(list).toMatchObject({ kind: 'retry', code: 'transactions_absent' });

    const wish = { transactions: rows([2]) };
    const noBalance = await linkOne(bank, wish, { retrieve: ['transactions'] });
    expect((await readAll(bank.provider, noBalance.ref)).end.complete).not.toBeNull();
    const none = bank.provider.fetchBalance(noBalance.ref, { refresh: false }, testContext());
    expect(await errorOf(none)).toMatchObject({ kind: 'retry', code: 'balance_absent' });
  });

  it('may be so under a status that is not known: rows are taken, nothing is proved', async () => {
    const { ref, id } = await linkOne(bank, { openingBalance: 1, transactions: rows([2]) });
    bank.mono.control.account(id).dataStatus = 'A_NEW_VALUE' as 'AVAILABLE';
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(upserts).toHaveLength(1);
    expect(end).toMatchObject({ complete: null, cursor: { since: date(2) } });
    const balance = bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(await balance).toMatchObject({ currency: 'NGN' });

    bank.mono.control.account(id).shown = { balance: null, transactions: null };
    expect((await readAll(bank.provider, ref)).end).toMatchObject({ complete: null, cursor: null });
    const zero = bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(await errorOf(zero)).toMatchObject({ kind: 'retry', code: 'balance_unsure' });
  });
});

describe('an answer that is not a list in full', () => {
  it.each([
    [{ data: null }, 'retry', 'answer_empty'],
    [{ data: {} }, 'retry', 'answer_empty'],
    [{ data: [], meta: { total: 3 } }, 'bug', 'list_incomplete'],
    [{ data: [], meta: { total: 0, next: 'https://x.example?page=2' } }, 'bug', 'list_incomplete'],
  ])('%j', async (body, kind, code) => {
    const { ref } = await linkOne(bank);
    bank.mono.control.alterations.add('transactions', () => ({ status: 'successful', ...body }));
    expect(await errorOf(readAll(bank.provider, ref))).toMatchObject({ kind, code });
  });
});

const settings = () => bank.mono.control.settings;

describe('a Mono that gives pages whatever it is asked for', () => {
  afterEach(() => {
    settings().alwaysPages = false;
  });

  it('is read to its last page, and nothing is proved', async () => {
    const wish = { transactions: rows(Array.from({ length: 120 }, (_, day) => day)) };
    const { ref } = await linkOne(bank, wish);
    settings().alwaysPages = true;
    const { upserts, end } = await readAll(bank.provider, ref);
    expect(new Set(upserts.map((one) => one.providerTransactionId)).size).toBe(120);
    expect(end).toMatchObject({ complete: null, cursor: { since: date(0) } });
  });

  it('is read again where the list has moved meanwhile', async () => {
    const wish = { transactions: rows(Array.from({ length: 60 }, (_, day) => day)) };
    const { ref, id } = await linkOne(bank, wish);
    settings().alwaysPages = true;
    const stop = bank.mono.control.beforePage(({ page }) => {
      if (page !== 2) return;
      bank.mono.control.addTransaction(id, { id: 'new', amount: 1, type: 'credit' });
      bank.mono.control.extract(id);
    });
    const error = await errorOf(readAll(bank.provider, ref));
    stop();
    expect(error).toMatchObject({ kind: 'restart', code: 'list_moved' });
  });
});

describe('a row that cannot be taken', () => {
  const good = { id: 'good', amount: 1, type: 'credit', date: '2026-01-02T03:04:05.000Z' };

  it.each([
    [{ ...good, id: 'x', amount: 'much' }, 'x', 'invalid_transaction_amount'],
    [{ ...good, id: 'x', amount: -5 }, 'x', 'invalid_transaction_amount'],
    [{ ...good, id: 'x', type: 'fee' }, 'x', 'invalid_transaction_type'],
    [{ ...good, id: 'x', date: '30-02-2026' }, 'x', 'invalid_transaction_date'],
    [{ ...good, id: '' }, null, 'invalid_transaction_id'],
    ['nothing', null, 'invalid_transaction'],
  ])('%j', async (faulty, providerId, reason) => {
    const { ref } = await linkOne(bank);
    const answer = { status: 'successful', data: [faulty, good], meta: { total: 2 } };
    bank.mono.control.alterations.add('transactions', () => answer);
    const { upserts, rejected } = await readAll(bank.provider, ref);
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(['good']);
    expect(rejected).toMatchObject([{ providerId, reason }]);
    expect(JSON.parse(rejected[0]?.raw ?? '')).toEqual(faulty);
  });
});

describe('currencies and figures', () => {
  it.each([
    ['NGN', 'NGN'],
    ['Naira', 'NGN'],
    ['ngn', 'NGN'],
    ['GHC', 'GHS'],
    ['GHS', 'GHS'],
    ['KSH', 'KES'],
    ['kes', 'KES'],
    ['ZAR', 'ZAR'],
    ['USD', 'USD'],
  ])('%s is %s', async (written, currency) => {
    const { ref } = await linkOne(bank, { openingBalance: -1, transactions: rows([1]) });
    const text = JSON.stringify({
      status: 'successful',
      timestamp: '2026-05-06T07:08:09.010Z',
      data: {
        account: { id: ref.providerAccountId, balance: -1, currency: written },
        meta: { data_status: 'available' },
      },
    });
    bank.mono.control.alterations.add('account', () => text);
    const balance = bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(await balance).toMatchObject({
      current: '-0.01',
      currency,
      dataAsOf: '2026-05-06T07:08:09.010Z',
    });
    const { upserts } = await readAll(bank.provider, ref);
    expect(upserts).toMatchObject([{ amount: '-1.00', currency }]);
  });

  it.each([
    ['XOF', '1', 'invalid_balance_currency'],
    ['NGN', '"all"', 'invalid_balance_balance'],
  ])('refuses %s and %s', async (currency, balance, code) => {
    const { ref } = await linkOne(bank);
    const text = `{"status":"successful","data":{"account":{"id":"x","balance":${balance},"currency":"${currency}"},"meta":{"data_status":"AVAILABLE"}}}`;
    bank.mono.control.alterations.add('account', () => text);
    const error = await errorOf(bank.provider.fetchBalance(ref, { refresh: false }, testContext()));
    expect(error).toMatchObject({ kind: 'bug', code });
  });

  it.each([
    ['53769', '537.69'],
    ['5.5', '0.055'],
    ['1e5', '1000.00'],
    ['123456789012345678901234', '1234567890123456789012.34'],
    ['"700"', '7.00'],
  ])('%s kobo are %s', async (written, major) => {
    const { ref } = await linkOne(bank);
    const text = `{"status":"successful","data":{"account":{"id":"x","balance":${written},"currency":"NGN"},"meta":{"data_status":"AVAILABLE"}}}`;
    bank.mono.control.alterations.add('account', () => text);
    const balance = await bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(balance.current).toBe(major);
    expect(balance.raw).toBe(`{"id":"x","balance":${written},"currency":"NGN"}`);
  });
});
