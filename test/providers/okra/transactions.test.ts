import { describe, expect, it } from 'vitest';
import type {
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../../../providers/provider.ts';
import { addDays } from '../../../providers/timestamp.ts';
import { testContext } from '../context.ts';
import { answerJson, type Answer, type WireRequest } from '../wire.ts';
import {
  account,
  ACCOUNT,
  CUSTOMER,
  errorOf,
  OTHER_ACCOUNT,
  RECORD,
  row,
  SECRET_KEY,
  startScriptedBank,
  success,
  type ScriptedBank,
} from './bank.ts';

const EXTRACTED = '2026-03-05T10:00:00.000Z';
const TODAY = new Date().toISOString().slice(0, 10);

async function readAll(
  bank: ScriptedBank,
  query: TransactionsQuery,
  refresh = false,
): Promise<{ pages: TransactionsPage[]; end: TransactionsEnd }> {
  const reading = bank.provider.fetchTransactions(account, query, { refresh }, testContext());
  const pages: TransactionsPage[] = [];
  for (;;) {
    const next = await reading.next();
    if (next.done) return { pages, end: next.value };
    pages.push(next.value);
  }
}

const ids = (pages: TransactionsPage[]): string[] =>
  pages.flatMap((page) => page.upserts.map((one) => one.providerTransactionId));

/** Serves rows by page and limit, as the bank does. */
function paged(rows: unknown[], extra: object = {}): (request: WireRequest) => unknown {
  return (request) => {
    const body = JSON.parse(request.body) as { page: string; limit: string };
    const page = Number(body.page);
    const limit = Number(body.limit);
    const pagination = {
      totalDocs: rows.length,
      limit,
      page,
      totalPages: Math.ceil(rows.length / limit),
      hasNextPage: page * limit < rows.length,
    };
    const transaction = rows.slice((page - 1) * limit, page * limit);
    return success({ transaction, pagination, extracted_at: EXTRACTED, ...extra });
  };
}

const listing =
  (rows: unknown[], extra: object = {}): Answer =>
  (response, request) =>
    answerJson(response, paged(rows, extra)(request));

const pageOf =
  (answers: unknown[]): Answer =>
  (response, request) => {
    const { page } = JSON.parse(request.body) as { page: string };
    answerJson(response, answers[Number(page) - 1] ?? success({ transaction: [] }));
  };

/** A customer whose other bank was asked later than this one. */
const twoBanks: Answer = (response, request) => {
  const later = { extracted_at: '2026-03-09T00:00:00Z' };
  const extra = request.path.endsWith('getByAccount') ? {} : later;
  return listing([row()], extra)(response, request);
};

/** A bank that knows no record any more. */
const forgetful: Answer = (response, request) =>
  request.path.endsWith('byRecord')
    ? answerJson(response, { status: 'error', data: null, type: 'NO_RECORD_ID' }, 404)
    : listing([row()])(response, request);

const next = (totalDocs: number): object => ({ totalDocs, hasNextPage: true });

describe('transactions', () => {
  it('reads an account in full, page by page, and says that it has everything', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((_id) => row({ _id }));
    await using bank = await startScriptedBank(listing(rows), { pageSize: 2 });
    const context = testContext();
    const reading = bank.provider.fetchTransactions(
      account,
      { scope: 'full' },
      { refresh: false },
      context,
    );
    const sizes: number[] = [];
    for await (const page of reading) sizes.push(page.upserts.length);
    expect(sizes).toEqual([2, 2, 1]);
    expect(context.beats()).toBeGreaterThanOrEqual(3);

    const { pages, end } = await readAll(bank, { scope: 'full' });
    expect(ids(pages)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(end).toEqual({
      cursor: { since: '2026-03-05' },
      complete: { from: null, to: null },
      dataAsOf: EXTRACTED,
    });
    const [request] = bank.wire.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${SECRET_KEY}`);
    expect(bank.bodies('transactions/getByAccount')[0]).toEqual({
      account: ACCOUNT,
      page: '1',
      limit: '2',
    });
  });

  it('reads on from a cursor by date, with an overlap, and keeps only its account', async () => {
    const rows = [row({ _id: 'mine' }), row({ _id: 'other', account: { _id: OTHER_ACCOUNT } })];
    await using bank = await startScriptedBank(listing(rows));
    const cursor = { since: '2026-03-03' };
    const { pages, end } = await readAll(bank, { scope: 'incremental', cursor });
    expect(ids(pages)).toEqual(['mine']);
    const window = { from: '2026-02-24', to: addDays(TODAY, 1) };
    expect(end).toEqual({
      cursor: { since: '2026-03-05' },
      complete: window,
      dataAsOf: EXTRACTED,
    });
    expect(bank.bodies('transactions/getByCustomerDate')).toEqual([
      { customer: CUSTOMER, ...window, page: '1', limit: '200' },
    ]);
  });

  it('takes the time of its own account, not of another that the customer has', async () => {
    await using bank = await startScriptedBank(twoBanks);
    const { end } = await readAll(bank, { scope: 'incremental', cursor: { since: '2026-03-03' } });
    expect(end).toMatchObject({ cursor: { since: '2026-03-05' }, dataAsOf: EXTRACTED });
  });

  it('looks again where it found no row, in case consent ended meanwhile', async () => {
    const paths: string[] = [];
    const answer: Answer = (response, request) => {
      paths.push(request.path);
      return paths.length === 3
        ? answerJson(response, { status: 'error', data: null, type: 'KILL' }, 403)
        : listing([row({ account: OTHER_ACCOUNT })])(response, request);
    };
    await using bank = await startScriptedBank(answer);
    const query = { scope: 'incremental', cursor: { since: '2026-03-03' } } as const;
    expect(await errorOf(readAll(bank, query))).toMatchObject({ code: 'consent_withdrawn' });
    expect(paths.at(-1)).toBe('/v2/transactions/getByAccount');
  });

  it('reaches to the bank’s tomorrow where its clock is ahead of ours', async () => {
    const extracted_at = `${addDays(TODAY, 30)}T10:00:00.000Z`;
    await using bank = await startScriptedBank(listing([], { extracted_at }));
    const { end } = await readAll(bank, { scope: 'incremental', cursor: { since: '2026-03-03' } });
    expect(end.complete?.to).toBe(addDays(TODAY, 31));
  });

  it('reads one record where a webhook named it, which proves nothing absent', async () => {
    const rows = [row({ _id: 'mine' }), row({ _id: 'other', account: OTHER_ACCOUNT })];
    await using bank = await startScriptedBank(listing(rows));
    const at = '2026-03-04T00:00:00.000Z';
    const hint = { record: RECORD, at };
    const { pages, end } = await readAll(bank, { scope: 'hint', hint });
    expect(ids(pages)).toEqual(['mine']);
    expect(end).toEqual({ cursor: null, complete: null, dataAsOf: at });
    expect(bank.paths()).toEqual(['transactions/byRecord']);
    expect(bank.bodies('transactions/byRecord')).toEqual([
      { record_id: RECORD, page: '1', limit: '200' },
    ]);
    const without = await readAll(bank, { scope: 'hint', hint: { record: RECORD } });
    expect(without.end.dataAsOf).toBe('2026-03-02T10:00:00.000Z');
  });

  it('reads the last days where the bank has forgotten the record', async () => {
    await using bank = await startScriptedBank(forgetful);
    const hint = { record: RECORD, at: EXTRACTED };
    const { pages, end } = await readAll(bank, { scope: 'hint', hint });
    expect(ids(pages)).toEqual(['tx-1']);
    expect(end).toMatchObject({ cursor: null, complete: { from: '2026-02-26' } });
  });

  it.each([
    [{ scope: 'incremental', cursor: { since: '2026-02-30' } }, 'cursor_malformed'],
    [{ scope: 'incremental', cursor: null }, 'cursor_malformed'],
    [{ scope: 'hint', hint: {} }, 'hint_malformed'],
  ] as const)('refuses %j', async (query, code) => {
    await using bank = await startScriptedBank(listing([]));
    expect(await errorOf(readAll(bank, query))).toMatchObject({ kind: 'bug', code });
    expect(bank.paths()).toEqual([]);
  });

  it('keeps the text of each item byte for byte', async () => {
    const item = `{ "_id" : "a",\t"debit":12345678901234567.89 , "notes":{"desc":"\\u20a6 ₦"},
      "trans_date":"2026-03-01", "cleared_date":null, "account":"${ACCOUNT}" }`;
    const text = `{"status":"success","data":{"transaction":[${item}]}}`;
    await using bank = await startScriptedBank((response) => answerJson(response, text));
    const { pages } = await readAll(bank, { scope: 'full' });
    expect(pages[0]?.upserts[0]).toMatchObject({
      raw: item,
      amount: '-12345678901234567.89',
      description: '₦ ₦',
    });
  });

  it.each([
    ['nested data', { data: { transaction: [row()] }, extracted_at: EXTRACTED }],
    ['the plural', { transactions: [row()], extracted_at: EXTRACTED }],
    ['pagination as text', { transaction: [row()], pagination: { totalPages: '1' } }],
    ['null pagination', { transaction: [row()], pagination: null }],
  ])('reads %s', async (_name, data) => {
    await using bank = await startScriptedBank((response) => answerJson(response, success(data)));
    const { pages, end } = await readAll(bank, { scope: 'full' });
    expect(ids(pages)).toEqual(['tx-1']);
    expect(end.cursor).toEqual({ since: 'extracted_at' in data ? '2026-03-05' : '2026-03-02' });
  });

  it('does not take an answer without a list for an empty list', async () => {
    await using bank = await startScriptedBank((response) => answerJson(response, success({})));
    expect(await errorOf(readAll(bank, { scope: 'full' }))).toMatchObject({
      kind: 'bug',
      code: 'invalid_transaction',
    });
  });

  const full = [row({ _id: 'a' }), row({ _id: 'b' })];
  it.each([
    ['totalPages', [{ pagination: { totalPages: 2 } }, { pagination: { totalPages: 2 } }]],
    ['totalDocs', [{ pagination: { totalDocs: 3 } }, { pagination: { totalDocs: 3 } }]],
    ['the number of rows', [{}, {}]],
  ])('finds the last page by %s', async (_name, [first, second]) => {
    const answer = pageOf([
      success({ transaction: full, ...first }),
      success({ transaction: [row({ _id: 'c' })], ...second }),
    ]);
    await using bank = await startScriptedBank(answer, { pageSize: 2 });
    expect(ids((await readAll(bank, { scope: 'full' })).pages)).toEqual(['a', 'b', 'c']);
    expect(bank.paths()).toHaveLength(2);
  });

  it.each([
    ['the extraction', { extraction: 'r1' }, { extraction: 'r2' }],
    ['the total', {}, { pagination: next(4) }],
    ['the extraction, which went missing', { extraction: 'r1' }, {}],
  ])('begins again when %s changes between pages', async (_name, first, second) => {
    const answer = pageOf([
      success({ transaction: full, pagination: next(5), ...first }),
      success({ transaction: full, pagination: next(5), ...second }),
    ]);
    await using bank = await startScriptedBank(answer, { pageSize: 2 });
    expect(await errorOf(readAll(bank, { scope: 'full' }))).toMatchObject({
      kind: 'restart',
      code: 'pagination_moved',
    });
  });

  it('stops asking when its reader stops', async () => {
    const rows = ['a', 'b', 'c'].map((_id) => row({ _id }));
    await using bank = await startScriptedBank(listing(rows), { pageSize: 1 });
    const options = { refresh: false };
    for await (const page of bank.provider.fetchTransactions(
      account,
      { scope: 'full' },
      options,
      testContext(),
    )) {
      expect(page.upserts).toHaveLength(1);
      break;
    }
    expect(bank.paths()).toHaveLength(1);
  });

  it('rejects with the reason of its signal', async () => {
    const stop = new AbortController();
    const reason = new Error('stopping');
    await using bank = await startScriptedBank(() => stop.abort(reason));
    const reading = bank.provider.fetchTransactions(
      account,
      { scope: 'full' },
      { refresh: false },
      testContext(stop.signal),
    );
    expect(await errorOf(reading.next())).toBe(reason);
  });
});
