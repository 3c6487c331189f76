import { expect, test } from 'vitest';
import { formatMoney, parseMoney } from '../../sandbox/money.ts';
import { startBank } from './support.ts';

test.each([
  ['0', '0.00'],
  ['-0.5', '-0.50'],
  ['12345678901234567.89', '12345678901234567.89'],
  ['0.000001', '0.000001'],
  ['1.2300', '1.23'],
  ['100', '100.00'],
  ['-999999999999999999999999.999999', '-999999999999999999999999.999999'],
])('%s is written as %s', (text, written) => {
  expect(formatMoney(parseMoney(text))).toBe(written);
});

test.each(['', '1.', '.5', '1e3', '+1', '1,000', 'NaN', '0.0000001'])('%j is refused', (text) => {
  expect(() => parseMoney(text)).toThrow(RangeError);
});

test('amounts go over the wire digit for digit, and add up exactly', async () => {
  const bank = await startBank();
  const { accounts } = await bank.control('POST', 'customers', {
    accounts: [{ balance: { ledger: '12345678901234567.89', available: '0.10' } }],
  });
  const [{ id }] = accounts;
  const read = () => bank.call('balance/getByAccount', { account_id: id });
  expect((await read()).text).toContain('"ledger_balance":12345678901234567.89,');
  expect((await read()).text).toContain('"available_balance":0.10,');

  await bank.control('POST', `accounts/${id}/transactions`, { amount: '0.20' });
  expect((await read()).text).toContain('"ledger_balance":12345678901234568.09,');
  expect((await read()).text).toContain('"available_balance":0.30,');

  await bank.control('POST', `accounts/${id}/transactions`, { amount: '-98765432109876543.21' });
  const rows = await bank.call('transactions/getByAccount', { account: id });
  expect(rows.text).toContain('"debit":98765432109876543.21,');
  expect(rows.text).toContain('"balance":-86419753208641975.12,');
});

test('amounts that are not decimal strings are refused', async () => {
  const bank = await startBank();
  const { accounts } = await bank.control('POST', 'customers', {});
  const path = `accounts/${accounts[0].id}/transactions`;
  for (const amount of [1, '1e3', '', '0', '-0.00', null]) {
    const answer = await bank.controlRaw('POST', path, { amount });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain('amount');
  }
  expect((await bank.control('GET', `accounts/${accounts[0].id}`)).transactions).toBe(0);
});

test('the running balances of a history lead to the ledger', async () => {
  const bank = await startBank();
  const { accounts } = await bank.control('POST', 'customers', { transactions: 200 });
  const truth = await bank.control('GET', `accounts/${accounts[0].id}/truth`);
  const rows = truth.transactions as { amount: string; running_balance: string }[];
  expect(rows[0]?.running_balance).toBe(truth.balance.ledger);
  for (const [index, row] of rows.entries()) {
    const older = rows[index + 1];
    if (older === undefined) continue;
    const sum = parseMoney(older.running_balance) + parseMoney(row.amount);
    expect(formatMoney(sum)).toBe(row.running_balance);
  }
});
