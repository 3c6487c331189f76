import { expect, test } from 'vitest';
import { readAll, SECRET, startBank, until } from './support.ts';

async function bankWithAccount(processingMs = 0) {
  const bank = await startBank({ processingMs });
  const made = await bank.control('POST', 'customers', { transactions: 30 });
  return { bank, made, account: made.accounts[0].id as string };
}

async function callback(url: string, method = 'GET') {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${SECRET}` },
  });
  const body = (await response.json()) as { data: Record<string, never> };
  return { status: response.status, data: body.data };
}

test('a withheld change is seen by nobody before a refresh', async () => {
  const { bank, account } = await bankWithAccount();
  const posted = await bank.control('POST', `accounts/${account}/transactions`, {
    amount: '-250.75',
    webhooks: 'withhold',
  });
  const { id } = posted.transactions[0];
  expect(posted.webhooks).toEqual([]);
  expect(await readAll(bank, account)).toHaveLength(30);

  const before = await bank.read('balance/getByAccount', { account_id: account });
  await bank.read('balance/refresh', { account_id: account });
  const after = await bank.read('balance/getByAccount', { account_id: account });
  expect(after.balance[0].ledger_balance).toBe(posted.account.balance.ledger);
  expect(after.balance[0].ledger_balance).not.toBe(before.balance[0].ledger_balance);
  expect(await readAll(bank, account)).toHaveLength(30);

  const { record } = await bank.read('transactions/refresh', { account_id: account });
  const rows = await readAll(bank, account);
  expect(rows).toHaveLength(31);
  expect(rows[0]).toMatchObject({ _id: id, debit: '250.75', record: [record] });
  const changed = await bank.read('transactions/byRecord', { record_id: record });
  expect(changed.transaction.map((row: { id: string }) => row.id)).toEqual([id]);
});

test('a refresh runs, then its callback tells what it found', async () => {
  const { bank, account } = await bankWithAccount(100);
  const asked = await bank.call('balance/refresh', { account_id: account });
  expect(asked.body).toMatchObject({
    status: 'success',
    message: 'Balance checking...',
    data: { method: 'BALANCE' },
  });
  const url = asked.body.data.callback_url as string;
  const running = await callback(url);
  expect(running.data).toMatchObject({
    status: { process: { running: true, completed: false } },
  });
  expect(running.data).not.toHaveProperty('balance');
  const done = await until(async () => {
    const { data } = await callback(url, 'POST');
    return 'balance' in data && data;
  });
  expect(done).toMatchObject({
    status: { process: { running: false, completed: true } },
    balance: { account: { id: account }, last_updated: expect.any(String) },
  });
  expect((await fetch(url)).status).toBe(401);
});

test('the callback of transactions gives the record, the count and what is gone', async () => {
  const { bank, account } = await bankWithAccount();
  const [first, second] = await readAll(bank, account);
  await bank.control('DELETE', `transactions/${first.id}`, { webhooks: 'withhold' });
  await bank.control('PATCH', `transactions/${second.id}`, {
    description: 'altered',
    webhooks: 'withhold',
  });
  const { callback_url } = await bank.read('transactions/refresh', { account_id: account });
  const { data } = await callback(callback_url);
  expect(data).toMatchObject({
    products: { 'periodic-transactions': { status: true, number: 1 } },
    transactions: [{ _id: second.id, account, notes: { desc: 'altered' } }],
    removed_transactions: [first.id],
  });
  const [now] = await readAll(bank, account);
  expect(now.record).toHaveLength(2);
  expect(now.last_updated > second.last_updated).toBe(true);
});

test('a login that must be repeated refuses refreshes; old data stays readable', async () => {
  const { bank, made, account } = await bankWithAccount();
  const login = `customers/${made.customer.id}/login`;
  await bank.control('POST', login, { state: 'required' });
  const refused = await bank.call('transactions/refresh', { account_id: account });
  expect([refused.status, refused.body.type]).toEqual([400, 'EXPIRED']);
  expect(await readAll(bank, account)).toHaveLength(30);
  const unseen = await bank.control('POST', `accounts/${account}/transactions`, { amount: '5' });
  expect(unseen.webhooks).toEqual([]);
  expect(await readAll(bank, account)).toHaveLength(30);
  await bank.control('POST', login, { state: 'ok' });
  await bank.read('transactions/refresh', { account_id: account });
  expect(await readAll(bank, account)).toHaveLength(31);
});

test('a login lost while a refresh runs fails it', async () => {
  const { bank, made, account } = await bankWithAccount(100);
  const { callback_url } = await bank.read('balance/refresh', { account_id: account });
  await bank.control('POST', `customers/${made.customer.id}/login`, { state: 'required' });
  const failed = await until(async () => {
    const { data } = await callback(callback_url);
    return 'error' in data && data;
  });
  expect(failed).toMatchObject({
    status: { process: { running: false, completed: false, failed: true } },
    error: { type: 'EXPIRED' },
  });
});

test('pages of one read shift when an extraction comes between them, and say so', async () => {
  const { bank, account } = await bankWithAccount();
  const page = (page: number) =>
    bank.read('transactions/getByAccount', { account, page, limit: 10 });
  const first = await page(1);
  await bank.control('POST', `accounts/${account}/transactions`, { amount: '1.00' });
  const second = await page(2);
  expect(second.transaction[0].id).toBe(first.transaction[9].id);
  expect(second.extraction).not.toBe(first.extraction);
  expect(second.extracted_at > first.extracted_at).toBe(true);

  await bank.control('DELETE', `transactions/${first.transaction[0].id}`);
  await bank.control('DELETE', `transactions/${first.transaction[1].id}`);
  const third = await page(2);
  expect(third.transaction[0].id).not.toBe(second.transaction[0].id);
});

test.each(['same_id', 'new_id'])('a pending transaction is posted by %s', async (mode) => {
  const { bank, account } = await bankWithAccount();
  const opened = await bank.control('GET', `accounts/${account}`);
  const made = await bank.control('POST', `accounts/${account}/transactions`, {
    amount: '-100.10',
    pending: true,
  });
  const pending = made.transactions[0];
  expect(made.account.balance.ledger).toBe(opened.balance.ledger);
  expect(made.account.balance.available).not.toBe(opened.balance.available);
  const [shown] = await readAll(bank, account);
  expect(shown).toMatchObject({ _id: pending.id, cleared_date: null, debit: '100.10' });

  const posted = await bank.control('POST', `transactions/${pending.id}/post`, { mode });
  expect(posted.account.balance.ledger).toBe(posted.account.balance.available);
  expect(posted.account.balance.available).toBe(made.account.balance.available);
  const [row] = await readAll(bank, account);
  expect(row.cleared_date).not.toBeNull();
  expect(row.ref).toBe(shown.ref);
  expect(row.id === pending.id).toBe(mode === 'same_id');
  expect(row.pending_id).toBe(mode === 'same_id' ? undefined : pending.id);
  expect((await readAll(bank, account)).filter(({ ref }) => ref === shown.ref)).toHaveLength(1);
});

test('a record lists the changes of one extraction over several accounts', async () => {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', { accounts: 3, transactions: 10 });
  const all = await bank.read('transactions/byRecord', { record_id: made.record, limit: 500 });
  expect(all.pagination.totalDocs).toBe('30');
  expect(
    new Set(all.transaction.map((row: { account: { _id: string } }) => JSON.stringify(row.account)))
      .size,
  ).toBe(3);
});
