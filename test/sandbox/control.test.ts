import { expect, test } from 'vitest';
import { formatMoney, parseMoney } from '../../sandbox/money.ts';
import { readAll, startBank, type Json, type TestBank } from './support.ts';

/** A mirror of what the reads show, in the form of the truth. */
async function mirror(bank: TestBank, account: string) {
  const rows = await readAll(bank, account, 7);
  const { balance } = await bank.read('balance/getByAccount', { account_id: account });
  return {
    balance: { ledger: balance[0].ledger_balance, available: balance[0].available_balance },
    rows: rows.map((row) => ({
      id: row.id,
      amount: row.credit ?? `-${row.debit}`,
      status: row.cleared_date === null ? 'pending' : 'posted',
      last_updated: row.last_updated,
      description: row.notes.desc,
      running_balance: row.balance,
    })),
  };
}

async function truth(bank: TestBank, account: string) {
  const told = await bank.control('GET', `accounts/${account}/truth`);
  return {
    balance: { ledger: told.balance.ledger, available: told.balance.available },
    rows: told.transactions.map((row: Json) => ({
      id: row.id,
      amount: row.amount,
      status: row.status,
      last_updated: row.last_updated,
      description: row.description,
      running_balance: row.running_balance,
    })),
  };
}

test('after any announced change, the reads show exactly the truth', async () => {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', { accounts: 2, transactions: 20 });
  const account = made.accounts[0].id;
  const path = `accounts/${account}/transactions`;
  const same = async () => expect(await mirror(bank, account)).toEqual(await truth(bank, account));
  await same();
  const posted = await bank.control('POST', path, [
    { amount: '-10.00', pending: true },
    { amount: '20.00', pending: true, description: 'coming in' },
    { amount: '-30.00', date: '2026-01-15' },
  ]);
  await same();
  const [out, incoming, old] = posted.transactions;
  await bank.control('PATCH', `transactions/${out.id}`, { amount: '-11.11' });
  await same();
  await bank.control('PATCH', `transactions/${old.id}`, { amount: '30', date: '2026-02-01' });
  await same();
  await bank.control('POST', `transactions/${out.id}/post`, { mode: 'new_id' });
  await same();
  await bank.control('POST', `transactions/${incoming.id}/post`, {});
  await same();
  await bank.control('DELETE', `transactions/${old.id}`);
  await same();
  await bank.control('PUT', `accounts/${account}/balance`, { ledger: '1', available: '-5' });
  await same();
  await bank.control('POST', path, { count: 5, pending_percent: 50 });
  await same();
});

function expectBalance(answer: Json, ledger: string, available: string): void {
  expect(answer.account.balance).toEqual({ ledger, available });
}

async function clocked(work: () => Promise<Json>) {
  const started = performance.now();
  return { answer: await work(), ms: performance.now() - started };
}

test('every kind of change moves the balance by exactly its amount', async () => {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', {
    accounts: [{ balance: { ledger: '1000' } }],
  });
  const path = `accounts/${made.accounts[0].id}/transactions`;

  const debit = await bank.control('POST', path, { amount: '-100', pending: true });
  expectBalance(debit, '1000.00', '900.00');
  const credit = await bank.control('POST', path, { amount: '50', pending: true });
  expectBalance(credit, '1000.00', '900.00');
  const { id } = debit.transactions[0];
  const altered = await bank.control('PATCH', `transactions/${id}`, { amount: '-120' });
  expectBalance(altered, '1000.00', '880.00');
  expectBalance(await bank.control('POST', `transactions/${id}/post`, {}), '880.00', '880.00');
  const late = await bank.control('PATCH', `transactions/${id}`, { amount: '-80' });
  expectBalance(late, '920.00', '920.00');
  const incoming = credit.transactions[0].id;
  expectBalance(await bank.control('DELETE', `transactions/${incoming}`), '920.00', '920.00');
  expectBalance(await bank.control('DELETE', `transactions/${id}`), '1000.00', '1000.00');
  const told = await bank.control('GET', `accounts/${made.accounts[0].id}/truth`);
  expect(new Set(told.removed)).toEqual(new Set([id, incoming]));
});

test('a customer can be made to measure, and get accounts later', async () => {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', {
    name: 'Ada Example',
    bank: 'cowrie-trust',
    currency: 'USD',
    accounts: [
      { name: 'Main', type: 'Current', transactions: 4, balance: { ledger: '10.01' } },
      { currency: 'NGN' },
    ],
    transactions: 2,
    days: 10,
  });
  expect(made).toMatchObject({
    customer: { name: 'Ada Example' },
    bank: { slug: 'cowrie-trust' },
    accounts: [
      {
        name: 'Main',
        type: 'Current',
        currency: 'USD',
        transactions: 4,
        balance: { ledger: '10.01', available: '10.01' },
      },
      { name: 'Ada Example', currency: 'NGN', transactions: 2 },
    ],
  });
  const told = await bank.control('GET', `accounts/${made.accounts[0].id}/truth`);
  const oldest = Date.parse(told.transactions.at(-1).trans_date);
  expect(Date.now() - oldest).toBeLessThan(11 * 86_400_000);

  await bank.control('POST', `customers/${made.customer.id}/accounts`, { bank: 'baobab-savings' });
  const { customers } = await bank.control('GET', 'customers');
  expect(customers[0].logins.map(({ slug }: Json) => slug)).toEqual([
    'cowrie-trust',
    'baobab-savings',
  ]);
  expect(customers[0].accounts).toHaveLength(3);
});

test.each([
  ['POST', 'customers', { accounts: 0 }, 400, 'accounts'],
  ['POST', 'customers', { surprise: 1 }, 400, 'surprise'],
  ['POST', 'customers', { bank: 'no-such-bank' }, 404, 'bank'],
  ['GET', 'accounts/nobody/truth', undefined, 404, 'account'],
  ['PATCH', 'transactions/nobody', { amount: '1' }, 404, 'transaction'],
  ['POST', 'webhooks/send', { code: 'BALANCE_SUCCESS' }, 400, 'account'],
  ['PUT', 'webhooks/target', { url: 'not a url' }, 400, 'url'],
  ['PUT', 'webhooks/delivery', { mode: 'maybe' }, 400, 'mode'],
  ['PUT', 'activity', { every_ms: 0 }, 400, 'every_ms'],
] as const)('%s %s %j is refused with %i', async (method, path, body, status, named) => {
  const bank = await startBank();
  const answer = await bank.controlRaw(method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(named);
});

test('a posting that is wrong names its field in every form', async () => {
  const bank = await startBank();
  const { accounts } = await bank.control('POST', 'customers', {});
  const path = `accounts/${accounts[0].id}/transactions`;
  for (const [body, field] of [
    [{ amount: 'x' }, 'amount'],
    [{ amount: '1', colour: 'red' }, 'colour'],
    [[{ amount: '1' }, { amount: '' }], '1.amount'],
    [{ transactions: [{ amount: '1', date: 'soon' }] }, 'transactions.0.date'],
    [{ count: -1 }, 'count'],
    [{ amount: '1', webhooks: 'perhaps' }, 'webhooks'],
    [[], 'body'],
  ] as const) {
    const answer = await bank.controlRaw('POST', path, body);
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(field)]);
  }
});

test('an account of 200,000 transactions is made, read and extended in reasonable time', async () => {
  const bank = await startBank();
  const { answer: made, ms } = await clocked(() =>
    bank.control('POST', 'customers', { transactions: 200_000, days: 3650 }),
  );
  expect(ms).toBeLessThan(15_000);
  const account = made.accounts[0].id;
  expect(made.accounts[0].transactions).toBe(200_000);

  const last = await clocked(() =>
    bank.read('transactions/getByAccount', { account, page: 400, limit: 500 }),
  );
  expect(last.answer.pagination).toMatchObject({ totalPages: '400', hasNextPage: false });
  expect(last.answer.transaction).toHaveLength(500);
  expect(last.ms).toBeLessThan(1000);

  const posting = await clocked(async () => {
    for (let n = 0; n < 20; n += 1) {
      await bank.control('POST', `accounts/${account}/transactions`, { amount: '1' });
    }
  });
  expect(posting.ms).toBeLessThan(2000);
  const byRecord = await clocked(async () => {
    for (let page = 1; page <= 5; page += 1) {
      await bank.read('transactions/byRecord', { record_id: made.record, page, limit: 500 });
    }
  });
  expect(byRecord.ms).toBeLessThan(5000);
  const told = await bank.control('GET', `accounts/${account}/truth?transactions=false`);
  const sum = parseMoney(made.accounts[0].balance.ledger) + parseMoney('20');
  expect(told.balance.ledger).toBe(formatMoney(sum));
}, 60_000);
