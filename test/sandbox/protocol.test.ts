import { expect, test } from 'vitest';
import { SECRET, startBank } from './support.ts';

const OBJECT_ID = /^[0-9a-f]{24}$/;

async function bankWithCustomer() {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', { accounts: 2, transactions: 45 });
  return { bank, made, account: made.accounts[0].id as string };
}

test('every read asks for the right key', async () => {
  const bank = await startBank();
  const ask = async (headers: Record<string, string>) => {
    const response = await fetch(`${bank.url}/v2/banks/list`, { headers });
    return { status: response.status, body: await response.json() };
  };
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: 'Basic abc' })).status).toBe(401);
  const wrong = await ask({ authorization: `Bearer ${SECRET}x` });
  expect(wrong.status).toBe(401);
  expect(wrong.body).toEqual({
    status: 'error',
    message: expect.any(String),
    data: null,
    method: 'banks/list',
    code: 1006,
    type: 'API',
  });
  expect((await ask({ authorization: `Bearer ${SECRET}` })).status).toBe(200);
});

test.each(['v2', 'v2/sandbox', 'sandbox/v2'])('the protocol is found below /%s/', async (base) => {
  const { bank, account } = await bankWithCustomer();
  for (const path of ['transactions/getByAccount', 'transaction/getByAccount']) {
    const response = await fetch(`${bank.url}/${base}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'success', data: { transaction: {} } });
  }
});

test.each([
  ['balance/getByAccount', { account: 'x' }, ['account: unknown field', 'account_id']],
  ['balance/getByAccount', { account_id: 7 }, ['account_id']],
  ['balance/getByAccount', { account_id: 'short' }, ['account_id']],
  ['transactions/getByAccount', { account: '0'.repeat(24), page: 0 }, ['page']],
  ['transactions/getByAccount', { account: '0'.repeat(24), page: '1.5' }, ['page']],
  ['transactions/getByAccount', { account: '0'.repeat(24), limit: 501 }, ['limit']],
  ['transactions/getByAccount', { account: '0'.repeat(24), limit: '-1' }, ['limit']],
  [
    'transactions/getByCustomerDate',
    { customer: '0'.repeat(24), from: '2026-02-30', to: '2026-03-01' },
    ['from'],
  ],
  [
    'transactions/getByCustomerDate',
    { customer: '0'.repeat(24), from: '2026-03-02', to: '2026-03-01' },
    ['to'],
  ],
])('%s refuses %j and names the field', async (path, body, fields) => {
  const bank = await startBank();
  const answer = await bank.call(path, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ status: 'error', data: null, type: 'SELECTOR' });
  for (const field of fields) expect(answer.body.message).toContain(field);
});

test('a call that is not JSON, not there, or of the wrong method is refused', async () => {
  const bank = await startBank();
  const authorization = `Bearer ${SECRET}`;
  const post = (path: string, type: string, body: string) =>
    fetch(`${bank.url}/v2/${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body,
    });
  const read = 'balance/getByAccount';
  expect((await post(read, 'text/plain', '{}')).status).toBe(400);
  expect((await post(read, 'application/json', '{')).status).toBe(400);
  expect((await post(read, 'application/json', '[]')).status).toBe(400);
  expect((await post(read, 'application/json', '')).status).toBe(400);
  expect((await post('balance/nothing', 'application/json', '{}')).status).toBe(404);
  const got = await fetch(`${bank.url}/v2/${read}`, { headers: { authorization } });
  expect(got.status).toBe(405);
  expect(got.headers.get('allow')).toBe('POST');
});

test('an id that nobody has is 404 NO_RECORD_ID', async () => {
  const bank = await startBank();
  const nobody = 'a'.repeat(24);
  for (const [path, body] of [
    ['accounts/getById', { id: nobody }],
    ['accounts/getByCustomer', { customer: nobody }],
    ['balance/getByAccount', { account_id: nobody }],
    ['transactions/byRecord', { record_id: nobody }],
    ['transactions/getById', { id: nobody }],
    ['balance/refresh', { account_id: nobody }],
  ] as const) {
    const answer = await bank.call(path, body);
    expect([path, answer.status, answer.body.type]).toEqual([path, 404, 'NO_RECORD_ID']);
  }
});

test('pages come in the documented envelope', async () => {
  const { bank, account } = await bankWithCustomer();
  const page = async (page: number | string, limit?: number | string) =>
    (await bank.read('transactions/getByAccount', { account, page, ...(limit && { limit }) }))
      .pagination;
  expect(await page(1)).toEqual({
    totalDocs: '45',
    limit: '20',
    hasPrevPage: false,
    hasNextPage: true,
    page: '1',
    totalPages: '3',
    pagingCounter: '1',
    prevPage: null,
    nextPage: '2',
  });
  expect(await page('3', '20')).toMatchObject({
    hasPrevPage: true,
    hasNextPage: false,
    pagingCounter: '41',
    prevPage: '2',
    nextPage: null,
  });
  const beyond = await bank.read('transactions/getByAccount', { account, page: 9 });
  expect(beyond.transaction).toEqual([]);
});

test('transactions come newest first, each with exactly one of debit and credit', async () => {
  const { bank, made, account } = await bankWithCustomer();
  const data = await bank.read('transactions/getByAccount', { account, limit: 500 });
  const dates = data.transaction.map((row: { trans_date: string }) => row.trans_date);
  for (const [index, date] of dates.entries())
    expect(date <= (dates[index - 1] ?? date)).toBe(true);
  expect(data.extraction).toBe(made.record);
  for (const row of data.transaction) {
    expect((row.debit === null) !== (row.credit === null)).toBe(true);
    expect(row).toMatchObject({
      _id: expect.stringMatching(OBJECT_ID),
      account: { _id: account },
      customer: { _id: made.customer.id },
      bank: { _id: made.bank.id },
      record: [made.record],
      currency: 'NGN',
    });
  }
});

test('accounts, balances, banks, customers and records are readable', async () => {
  const { bank, made, account } = await bankWithCustomer();
  const customer = made.customer.id;
  const accounts = await bank.read('accounts/getByCustomer', { customer });
  expect(accounts.accounts).toHaveLength(2);
  expect(accounts.accounts[0]).toMatchObject({
    _id: account,
    nuban: made.accounts[0].nuban,
    bank: { _id: made.bank.id, slug: made.bank.slug, status: 'healthy' },
    balance: made.accounts[0].balance_id,
  });
  expect((await bank.read('accounts/getById', { id: account })).accounts[0].id).toBe(account);
  expect((await bank.read('accounts/getByBank', { bank: made.bank.id })).accounts).toHaveLength(2);

  const balance = await bank.read('balance/getByAccount', { account_id: account });
  expect(balance.balance).toHaveLength(1);
  expect(balance.balance[0]).toMatchObject({
    account: { _id: account },
    ledger_balance: made.accounts[0].balance.ledger,
    last_updated: balance.extracted_at,
  });
  const single = await bank.read('balance/getById', { id: made.accounts[0].balance_id });
  expect(single.balance.account).toMatchObject({ _id: account });
  const plain = await bank.read('balance/getByCustomer', { customer, includePeriodic: false });
  expect(plain.balance).toHaveLength(2);
  expect(plain.balance[0]).not.toHaveProperty('periodic');

  const list = await bank.read('customers/list', {});
  expect(list).toMatchObject({ total: '1', data: { customers: [{ _id: customer }] } });
  const records = await bank.read('products/records/get', { record_id: made.record });
  expect(records.records[0]).toMatchObject({
    _id: made.record,
    bank: made.bank.id,
    status: { process: { running: false, completed: true } },
  });
});

test('dates are calendar days in UTC, both included', async () => {
  const { bank, made, account } = await bankWithCustomer();
  const path = `accounts/${account}/transactions`;
  for (const date of ['2026-01-31T23:59:59.999Z', '2026-02-01', '2026-02-02T23:59:59.999Z']) {
    await bank.control('POST', path, { amount: '1', date });
  }
  await bank.control('POST', path, { amount: '1', date: '2026-02-03' });
  const customer = made.customer.id;
  const found = await bank.read('transactions/getByCustomerDate', {
    customer,
    from: '2026-02-01',
    to: '2026-02-02',
  });
  expect(found.transaction.map((row: { trans_date: string }) => row.trans_date)).toEqual([
    '2026-02-02T23:59:59.999Z',
    '2026-02-01T00:00:00.000Z',
  ]);
});

test('a disconnected login is gone, and disconnecting it again is no error', async () => {
  const { bank, made, account } = await bankWithCustomer();
  const link = { customer: made.customer.id, bank: made.bank.id };
  await bank.read('customers/disconnect', link);
  await bank.read('customers/disconnect', link);
  for (const [path, body] of [
    ['balance/getByAccount', { account_id: account }],
    ['balance/refresh', { account_id: account }],
    ['transactions/getByAccount', { account }],
    ['transactions/byRecord', { record_id: made.record }],
    ['accounts/getByCustomer', { customer: made.customer.id }],
  ] as const) {
    const answer = await bank.call(path, body);
    expect([path, answer.status, answer.body.type]).toEqual([path, 403, 'KILL']);
  }
});

test('calls are noted with what they are about', async () => {
  const { bank, made, account } = await bankWithCustomer();
  await bank.control('DELETE', 'calls');
  await bank.call('balance/getByAccount', { account_id: account });
  await bank.call('transactions/byRecord', { record_id: made.record, page: '2', limit: 30 });
  await bank.call('balance/nothing', {});
  const { total, by_endpoint, calls } = await bank.control('GET', 'calls');
  expect(total).toBe(3);
  expect(by_endpoint).toEqual({
    'balance/getByAccount': 1,
    'transactions/byRecord': 1,
    'balance/nothing': 1,
  });
  expect(calls[0]).toMatchObject({ account, customer: made.customer.id, status: 200 });
  expect(calls[1]).toMatchObject({ record: made.record, page: 2, limit: 30 });
  const own = await bank.control('GET', `calls?account=${account}`);
  expect(own.calls).toHaveLength(1);
  expect(calls[2].status).toBe(404);
});
