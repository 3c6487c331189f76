import { expect, test } from 'vitest';
import { readAll, startBank } from './support.ts';

/** Everything that a bank shows after the same script, told the same time. */
async function played(seed: string) {
  const bank = await startBank({ seed });
  await bank.control('POST', 'clock', { now: '2026-03-01T12:00:00.000Z' });
  const first = await bank.control('POST', 'customers', { accounts: 2, transactions: 20 });
  const second = await bank.control('POST', 'customers', { accounts: 1, transactions: 5 });
  const account = first.accounts[0].id;
  await bank.control('POST', 'clock', { advance_ms: 60_000 });
  await bank.control('POST', `accounts/${account}/transactions`, { count: 3, pending_percent: 50 });
  await bank.control('POST', `accounts/${account}/transactions`, { amount: '-1.50' });
  const rows = await readAll(bank, account);
  const truth = await bank.control('GET', `accounts/${account}/truth`);
  return { first, second, rows, truth };
}

test('the same seed and the same calls give the same bank', async () => {
  expect(await played('one')).toEqual(await played('one'));
});

test('another seed gives another bank', async () => {
  const one = await played('one');
  const two = await played('two');
  expect(two.first.customer.id).not.toBe(one.first.customer.id);
  expect(two.rows[0].id).not.toBe(one.rows[0].id);
});

async function drawnAfter(others: number) {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', { accounts: 2, transactions: 3 });
  const [first, second] = made.accounts;
  for (let n = 0; n < others; n += 1) {
    await bank.control('POST', `accounts/${second.id}/transactions`, { count: 2 });
  }
  const posted = await bank.control('POST', `accounts/${first.id}/transactions`, { count: 1 });
  return [posted.transactions[0].id, posted.transactions[0].amount];
}

test('what one account gets does not depend on what the others got before', async () => {
  expect(await drawnAfter(3)).toEqual(await drawnAfter(0));
});

test('the clock is told, goes on from there, and never back', async () => {
  const bank = await startBank();
  const clock = (body: object) => bank.controlRaw('POST', 'clock', body);
  expect((await clock({ now: '2026-01-01T00:00:00Z' })).body).toEqual({
    now: '2026-01-01T00:00:00.000Z',
    mode: 'frozen',
  });
  const made = await bank.control('POST', 'customers', {});
  const path = `accounts/${made.accounts[0].id}/transactions`;
  const one = (await bank.control('POST', path, { amount: '1' })).transactions[0];
  const two = (await bank.control('POST', path, { amount: '1' })).transactions[0];
  expect(two.last_updated > one.last_updated).toBe(true);
  expect(two.last_updated < '2026-01-01T00:00:01').toBe(true);
  expect((await clock({ now: '2025-12-31T00:00:00Z' })).status).toBe(409);
  await clock({ advance_ms: 86_400_000 });
  const three = (await bank.control('POST', path, { amount: '1' })).transactions[0];
  expect(three.trans_date.slice(0, 10)).toBe('2026-01-02');
  expect((await clock({ real: true })).body.mode).toBe('running');
  expect((await clock({ real: false })).status).toBe(400);
  expect((await clock({ now: 'yesterday' })).status).toBe(400);
});
