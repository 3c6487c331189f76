import { expect, test } from 'vitest';
import { startBank, startReceiver, until, type Json, type Received } from './support.ts';

const TOKEN = 'token-of-the-receiver';

async function bankAndReceiver() {
  const receiver = await startReceiver();
  const bank = await startBank({
    webhookTarget: { url: receiver.url, token: TOKEN },
    retryBaseMs: 1,
  });
  const made = await bank.control('POST', 'customers', { transactions: 5 });
  const account = made.accounts[0].id as string;
  const post = (amount: string, more: object = {}): Promise<Json> =>
    bank.control('POST', `accounts/${account}/transactions`, { amount, ...more });
  const codes = () => receiver.received.map(({ body }: Received) => body.callback_code as string);
  return { bank, receiver, made, account, post, codes };
}

test('a new transaction sends the whole balance, then record and count', async () => {
  const { bank, receiver, made, account, post } = await bankAndReceiver();
  expect(made.webhooks).toEqual([]);
  const posted = await post('-12.34');
  expect(posted.webhooks.map((each: Json) => each.callback_code)).toEqual([
    'BALANCE_SUCCESS',
    'PERIODIC_TRANSACTIONS',
  ]);
  await until(() => receiver.received.length === 2);
  const [balance, periodic] = receiver.received;
  expect(balance?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
  });
  const record = posted.webhooks[0].record;
  expect(balance?.body).toMatchObject({
    method: 'BALANCE',
    callback_type: 'BALANCE',
    callback_code: 'BALANCE_SUCCESS',
    type: 'CALLBACK',
    code: 'BALANCE_SUCCESS',
    callbackURL: receiver.url,
    env: 'production-sandbox',
    status: 'is_success',
    bankName: made.bank.name,
    bankId: made.bank.id,
    bankSlug: made.bank.slug,
    record,
    recordId: record,
    customerId: made.customer.id,
    country: 'NG',
    nuban: made.accounts[0].nuban,
    balance: {
      accountId: account,
      nuban: made.accounts[0].nuban,
      ledger_balance: posted.account.balance.ledger,
      available_balance: posted.account.balance.available,
      currency: 'NGN',
      status: 'Active',
    },
  });
  expect(periodic?.body).toMatchObject({
    callback_type: 'TRANSACTIONS',
    callback_code: 'PERIODIC_TRANSACTIONS',
    record,
    error: null,
    new_transactions: '1',
  });
  expect(periodic?.body).not.toHaveProperty('transactions');
  const rows = await bank.read('transactions/byRecord', { record_id: record });
  expect(rows.transaction).toHaveLength(1);
  const read = await bank.read('balance/getByAccount', { account_id: account });
  expect(read.balance[0].last_updated).toBe(balance?.body.ended_at);
});

test('a removal names the removed ids', async () => {
  const { bank, receiver, made, account } = await bankAndReceiver();
  const truth = await bank.control('GET', `accounts/${account}/truth`);
  const { id } = truth.transactions[2];
  await bank.control('DELETE', `transactions/${id}`);
  await until(() => receiver.received.length === 2);
  expect(receiver.received[1]?.body).toMatchObject({
    callback_code: 'TRANSACTIONS_DELETED',
    callback_type: 'TRANSACTIONS',
    customerId: made.customer.id,
    removed_transactions: [id],
  });
});

test('a set balance is always announced', async () => {
  const { bank, codes, account } = await bankAndReceiver();
  const balance = { ledger: '100.00', available: '90.00' };
  await bank.control('PUT', `accounts/${account}/balance`, balance);
  await bank.control('PUT', `accounts/${account}/balance`, balance);
  await until(() => codes().length === 2);
  expect(codes()).toEqual(['BALANCE_SUCCESS', 'BALANCE_SUCCESS']);
});

test('any code can be sent, and each has its own part', async () => {
  const { bank, receiver, made, account } = await bankAndReceiver();
  const customer = made.customer.id;
  const wanted = [
    'AUTH_SUCCESS',
    'AUTH_EXPIRED',
    'AUTH_REVOKED',
    'ACCOUNTS_SUCCESS',
    'BALANCE_SUCCESS',
    'INITIAL_TRANSACTIONS',
    'FULL_TRANSACTIONS',
    'PERIODIC_TRANSACTIONS',
    'TRANSACTIONS_DELETED',
    'IDENTITY_IS_READY',
    'SOMETHING_NEW',
  ];
  for (const code of wanted) await bank.control('POST', 'webhooks/send', { customer, code });
  await until(() => receiver.received.length === wanted.length);
  const parts = Object.fromEntries(receiver.received.map(({ body }) => [body.code, body]));
  expect(receiver.received.map(({ body }) => body.code)).toEqual(wanted);
  expect(parts['AUTH_SUCCESS']).toMatchObject({ auth: { reauth: true, status: true } });
  expect(parts['AUTH_EXPIRED']).toMatchObject({ status: 'is_failed', auth: { reauth: true } });
  expect(parts['ACCOUNTS_SUCCESS']).toMatchObject({ account: { account, accountId: account } });
  expect(parts['FULL_TRANSACTIONS']).toMatchObject({
    record: made.record,
    new_transactions: '5',
  });
  expect(parts['TRANSACTIONS_DELETED']).toMatchObject({ removed_transactions: [] });
  expect(parts['IDENTITY_IS_READY']).toMatchObject({ identity: { fullname: made.customer.name } });
});

test('a webhook sent again is the same byte for byte', async () => {
  const { bank, receiver, post } = await bankAndReceiver();
  const { webhooks } = await post('1');
  await until(() => receiver.received.length === 2);
  await post('2');
  await until(() => receiver.received.length === 4);
  const again = await bank.control('POST', `webhooks/${webhooks[0].id}/resend`);
  expect(again.webhooks[0].duplicate_of).toBe(webhooks[0].id);
  await until(() => receiver.received.length === 5);
  expect(receiver.received[4]?.text).toBe(receiver.received[0]?.text);
  expect(receiver.received[4]?.text).not.toBe(receiver.received[2]?.text);
});

test('every webhook can be delivered several times', async () => {
  const { bank, receiver, post } = await bankAndReceiver();
  await bank.control('PUT', 'webhooks/delivery', { duplicate: 2 });
  await post('1');
  await until(() => receiver.received.length === 6);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(2);
});

test.each([
  ['fifo', (made: string[]) => made],
  ['reverse', (made: string[]) => made.toReversed()],
] as const)(
  'held webhooks are released %s, with the bodies that they were made with',
  async (order, expected) => {
    const { bank, receiver, post, account } = await bankAndReceiver();
    await bank.control('PUT', 'webhooks/delivery', { mode: 'hold' });
    const ledgers: string[] = [];
    for (const amount of ['1', '2', '3']) {
      ledgers.push((await post(amount)).account.balance.ledger);
    }
    const { webhooks } = await bank.control('GET', `webhooks?state=held&account=${account}`);
    expect(webhooks).toHaveLength(3);
    expect(receiver.received).toEqual([]);
    await bank.control('POST', 'webhooks/release', { order });
    await until(() => receiver.received.length === 6);
    const balances = receiver.received.flatMap(({ body }) => body.balance?.ledger_balance ?? []);
    expect(balances).toEqual(expected(ledgers));
  },
);

test('a shuffled release delivers each exactly once', async () => {
  const { bank, receiver, post } = await bankAndReceiver();
  await bank.control('PUT', 'webhooks/delivery', { mode: 'hold' });
  for (let amount = 1; amount <= 8; amount += 1) await post(String(amount));
  const { webhooks } = await bank.control('POST', 'webhooks/release', { order: 'shuffle' });
  const numbers = webhooks.map((each: Json) => each.number);
  expect(numbers).not.toEqual([...numbers].sort((a, b) => a - b));
  await until(() => receiver.received.length === 16);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(16);
});

test('dropped webhooks never come, unless they are sent again', async () => {
  const { bank, receiver, post } = await bankAndReceiver();
  await bank.control('PUT', 'webhooks/delivery', { mode: 'drop' });
  const { webhooks } = await post('1');
  expect(webhooks[0].state).toBe('dropped');
  await bank.control('PUT', 'webhooks/delivery', { mode: 'normal' });
  await bank.control('POST', `webhooks/${webhooks[0].id}/resend`);
  await until(() => receiver.received.length === 1);
});

test('a refused webhook is tried again until it is taken', async () => {
  const { bank, receiver, account } = await bankAndReceiver();
  receiver.answers = [500, 404, 301, 204];
  await bank.control('PUT', `accounts/${account}/balance`, { ledger: '5' });
  await until(() => receiver.received.length === 4);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
  const [webhook] = await until(async () => {
    const { webhooks } = await bank.control('GET', 'webhooks?state=delivered');
    return webhooks.length > 0 && webhooks;
  });
  expect(webhook).toMatchObject({ state: 'delivered', attempts: 4, last_status: 204 });
});

test('an address that nobody listens on is tried again, and a corrected one is used', async () => {
  const { bank, receiver, account } = await bankAndReceiver();
  await bank.control('PUT', 'webhooks/target', { url: 'http://127.0.0.1:9/' });
  await bank.control('PUT', `accounts/${account}/balance`, { ledger: '5' });
  await until(async () => {
    const { webhooks } = await bank.control('GET', 'webhooks');
    return webhooks[0].attempts > 1 && webhooks[0].last_status === null;
  });
  await bank.control('PUT', 'webhooks/target', { url: receiver.url, token: TOKEN });
  await until(() => receiver.received.length === 1);
  expect(receiver.received[0]?.body.balance.ledger_balance).toBe('5.00');
});

test('a customer can have a target of their own', async () => {
  const { bank, receiver, made, account } = await bankAndReceiver();
  const other = await startReceiver();
  const target = { url: other.url, token: 'another', customer: made.customer.id };
  await bank.control('PUT', 'webhooks/target', target);
  await bank.control('PUT', `accounts/${account}/balance`, { ledger: '5' });
  await until(() => other.received.length === 1);
  expect(other.received[0]?.headers.authorization).toBe('Bearer another');
  expect(receiver.received).toEqual([]);
});

test('callback/trigger sends a record once more', async () => {
  const { bank, receiver, post } = await bankAndReceiver();
  const { webhooks } = await post('1');
  await until(() => receiver.received.length === 2);
  const recordIds = [webhooks[0].record];
  expect(await bank.read('callback/trigger', { recordIds })).toEqual({ triggered: '2' });
  await until(() => receiver.received.length === 4);
  expect(receiver.received.slice(2).map(({ text }) => text)).toEqual(
    receiver.received.slice(0, 2).map(({ text }) => text),
  );
});

test('withheld changes come out together with the next announced one', async () => {
  const { receiver, post } = await bankAndReceiver();
  await post('1', { webhooks: 'withhold' });
  await post('2', { webhooks: 'withhold' });
  await post('3');
  await until(() => receiver.received.length === 2);
  expect(receiver.received[1]?.body.new_transactions).toBe('3');
});

test('the bank makes payments by itself when told to', async () => {
  const { bank, receiver, account } = await bankAndReceiver();
  await bank.control('PUT', 'activity', { accounts: [account], every_ms: 10, pending_percent: 50 });
  await until(() => receiver.received.length > 20);
  await bank.control('DELETE', 'activity');
  const truth = await bank.control('GET', `accounts/${account}/truth`);
  expect(truth.transaction_count).toBeGreaterThan(5);
  const balance = await bank.read('balance/getByAccount', { account_id: account });
  expect(balance.balance[0]).toMatchObject({
    ledger_balance: truth.balance.ledger,
    available_balance: truth.balance.available,
  });
});
