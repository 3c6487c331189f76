import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../providers/json.ts';
import { toAccount, toBank } from '../../../providers/okra/transform/account.ts';
import { toBalance, toBalanceHead } from '../../../providers/okra/transform/balance.ts';
import { toTransaction } from '../../../providers/okra/transform/transaction.ts';
import { ACCOUNT, row } from './bank.ts';

const value = (text: string) => parseJson(text).value;
const transactionOf = (change: Record<string, unknown>) =>
  toTransaction(value(JSON.stringify(row(change))), 'raw').transaction;
const transactionFrom = (fields: string) => {
  const base = JSON.stringify(row({ debit: undefined, credit: undefined })).slice(0, -1);
  return toTransaction(value(`${base},${fields}}`), 'raw').transaction;
};

describe('a transaction', () => {
  it('maps every field', () => {
    const whole = transactionOf({
      _id: 'tx-9',
      id: 'tx-9',
      debit: 2500.5,
      credit: null,
      currency: 'ngn',
      cleared_date: '2026-03-03T08:00:00.000Z',
      ref: 'REF',
      balance: 10.25,
      benefactor: ' MAMA PUT ',
      notes: { desc: 'POS purchase', topics: [] },
      pending_id: 'tx-8',
      last_updated: '2026-03-03T08:00:01.000Z',
    });
    expect(whole).toEqual({
      providerTransactionId: 'tx-9',
      status: 'posted',
      amount: '-2500.5',
      currency: 'NGN',
      description: 'POS purchase',
      counterparty: 'MAMA PUT',
      category: null,
      transactedAt: '2026-03-01T10:00:00.000Z',
      valueDate: null,
      bookedAt: '2026-03-03T08:00:00.000Z',
      runningBalance: '10.25',
      pendingProviderTransactionId: 'tx-8',
      providerUpdatedAt: '2026-03-03T08:00:01.000Z',
      raw: 'raw',
    });
  });

  it.each([
    ['"debit":12345678901234567.89', '-12345678901234567.89'],
    ['"credit":12345678901234567.89', '12345678901234567.89'],
    ['"credit":0.005', '0.005'],
    ['"debit":0.01,"credit":null', '-0.01'],
    ['"debit":"0.10"', '-0.10'],
    ['"debit":7', '-7'],
    ['"debit":1e3', '-1000'],
    ['"debit":0,"credit":5', '5'],
    ['"debit":5.00,"credit":0.00', '-5.00'],
    ['"debit":"","credit":"5"', '5'],
    ['"debit":-5', '5'],
    ['"credit":-0.00', '0.00'],
    ['"debit":0', '0'],
  ])('%s is %s', (fields, amount) => {
    expect(transactionFrom(fields).amount).toBe(amount);
  });

  it.each([
    ['"debit":"1,000"', 'invalid_transaction_debit'],
    ['"credit":"NaN"', 'invalid_transaction_credit'],
    ['"credit":true', 'invalid_transaction_credit'],
    ['"credit":{}', 'invalid_transaction_credit'],
    ['"debit":1,"credit":2', 'invalid_transaction_amount'],
    ['"debit":null', 'invalid_transaction_amount'],
    ['"debit":1,"balance":"secret"', 'invalid_transaction_balance'],
    ['"debit":1,"trans_date":"secret"', 'invalid_transaction_trans_date'],
    ['"debit":1,"trans_date":null', 'invalid_transaction_trans_date'],
    ['"debit":1,"currency":"naira"', 'invalid_transaction_currency'],
    ['"debit":1,"_id":null', 'invalid_transaction_id'],
    ['"debit":1,"_id":"a\\u0000"', 'invalid_transaction_id'],
    ['"debit":1,"_id":""', 'invalid_transaction_id'],
    ['"debit":1,"account":null', 'invalid_transaction_account'],
    ['"debit":1,"account":{"name":"secret"}', 'invalid_transaction_account'],
  ])('refuses %s, naming the field and not its value', (fields, code) => {
    expect(() => transactionFrom(fields)).toThrow(
      expect.objectContaining({ kind: 'bug', code, message: `okra: ${code} (bug)` }),
    );
  });

  it.each([
    ['null', null, 'pending', null],
    ['empty', '', 'pending', null],
    ['missing', undefined, 'posted', null],
    ['there', '2026-03-02', 'posted', '2026-03-02T00:00:00.000Z'],
  ])('with cleared_date %s', (_name, cleared, status, bookedAt) => {
    expect(transactionOf({ cleared_date: cleared })).toMatchObject({ status, bookedAt });
  });

  it.each([
    ['an object', { account: { _id: ACCOUNT } }],
    ['an object with id', { account: { id: ACCOUNT } }],
    ['text', { account: ACCOUNT }],
  ])('finds its account as %s', (_name, change) => {
    expect(toTransaction(value(JSON.stringify(row(change))), '').account).toBe(ACCOUNT);
  });

  it('tolerates what is missing or odd and does not matter', () => {
    const bare = transactionOf({ last_updated: undefined, notes: null, unheard_of: [{}] });
    expect(bare).toMatchObject({
      currency: 'NGN',
      description: null,
      counterparty: null,
      runningBalance: null,
      pendingProviderTransactionId: null,
      providerUpdatedAt: bare.transactedAt,
    });
    expect(transactionOf({ notes: 'plain text' }).description).toBe('plain text');
    expect(transactionOf({ notes: {} }).description).toBeNull();
    expect(transactionOf({ benefactor: 'A\0B' }).counterparty).toBe('A\0B');
    const created = '2026-03-01T11:00:00.000Z';
    const changed = transactionOf({ last_updated: null, created_at: created });
    expect(changed.providerUpdatedAt).toBe(created);
  });
});

describe('a balance', () => {
  const source = { providerAccountId: ACCOUNT, dataAsOf: '2026-03-01T00:00:00.000Z', raw: 'raw' };

  it('is exact', () => {
    const text = '{"available_balance":12345678901234567.89,"ledger_balance":"0.005"}';
    expect(toBalance(value(text), source)).toEqual({
      ...source,
      available: '12345678901234567.89',
      current: '0.005',
      limit: null,
      currency: 'NGN',
    });
  });

  it('may miss one amount, not both', () => {
    expect(toBalance(value('{"ledger_balance":-5}'), source)).toMatchObject({
      available: null,
      current: '-5',
    });
    expect(() => toBalance(value('{}'), source)).toThrow('invalid_balance_amounts');
    expect(() => toBalance(value('{"ledger_balance":"x"}'), source)).toThrow(
      'okra: invalid_balance_ledger_balance (bug)',
    );
  });

  it('tells its account and the time the bank gives it', () => {
    const at = '2026-03-01T10:00:00.000Z';
    expect(toBalanceHead(value(`{"account":{"_id":"a"},"last_updated":"${at}"}`))).toEqual({
      account: 'a',
      dataAsOf: at,
    });
    expect(toBalanceHead(value(`{"account":"a","created_at":"${at}"}`)).dataAsOf).toBe(at);
    expect(toBalanceHead(value('{}'))).toEqual({ account: null, dataAsOf: null });
  });
});

describe('an account', () => {
  it('maps every field', () => {
    const text = `{"_id":"a","id":"a","nuban":"0123456789","name":"ADA EXAMPLE","type":"Savings",
      "currency":"NGN","bank":{"_id":"b","name":"Example Bank","slug":"example-bank"}}`;
    expect(toAccount(value(text))).toEqual({
      providerAccountId: 'a',
      name: 'ADA EXAMPLE',
      number: '0123456789',
      type: 'Savings',
      currency: 'NGN',
    });
    expect(toBank(value(text))).toEqual({ ids: ['b', undefined], name: 'Example Bank' });
  });

  it('may be bare, or name its bank by an id', () => {
    expect(toAccount(value('{"id":"a"}'))).toMatchObject({ providerAccountId: 'a', name: null });
    expect(toBank(value('{"id":"a","bank":"b"}')).ids).toEqual(['b']);
    expect(toBank(value('{"id":"a"}')).ids).toEqual([]);
    expect(() => toAccount(value('{}'))).toThrow('invalid_account_id');
    expect(() => toAccount(value('"a"'))).toThrow('okra: invalid_account (bug)');
  });
});
