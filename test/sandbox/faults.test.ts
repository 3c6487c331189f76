import { expect, test } from 'vitest';
import { SECRET, startBank, until } from './support.ts';

async function bankWithAccounts() {
  const bank = await startBank();
  const made = await bank.control('POST', 'customers', { accounts: 2, transactions: 3 });
  const [first, second] = made.accounts.map(({ id }: { id: string }) => id) as [string, string];
  const read = (account: string) => bank.call('balance/getByAccount', { account_id: account });
  const fault = (rule: object) =>
    bank.control('POST', 'faults', { endpoint: 'balance/getByAccount', ...rule });
  return { bank, first, second, read, fault };
}

test('429 comes with Retry-After, as often as it was asked for', async () => {
  const { bank, first, read, fault } = await bankWithAccounts();
  await fault({ kind: '429', times: 2, retry_after_s: 7 });
  for (let call = 0; call < 2; call += 1) {
    const { status, headers, body } = await read(first);
    expect([status, headers.get('retry-after'), body.type]).toEqual([429, '7', 'RATE_LIMIT']);
  }
  expect((await read(first)).status).toBe(200);
  expect((await bank.control('GET', 'faults')).faults[0].hits).toBe(2);
});

test('429 says 60 seconds by default, and nothing where that is asked for', async () => {
  const { first, read, fault } = await bankWithAccounts();
  await fault({ kind: '429', times: 1 });
  await fault({ kind: '429', times: 1, retry_after_s: null });
  expect((await read(first)).headers.get('retry-after')).toBe('60');
  expect((await read(first)).headers.has('retry-after')).toBe(false);
});

test('a fault hits its endpoint and its account only', async () => {
  const { bank, first, second, read, fault } = await bankWithAccounts();
  await fault({ kind: '500', account: first });
  expect((await read(first)).status).toBe(500);
  expect((await read(second)).status).toBe(200);
  expect((await bank.call('accounts/getById', { id: first })).status).toBe(200);
  const { faults } = await bank.control('GET', 'faults');
  await bank.control('DELETE', `faults/${faults[0].id}`);
  expect((await read(first)).status).toBe(200);
});

test('503 has the documented body, which is no full envelope', async () => {
  const { first, read, fault } = await bankWithAccounts();
  await fault({ kind: '503' });
  const { status, text } = await read(first);
  expect([status, text]).toEqual([503, '{"status":"error","message":"Request timeout"}']);
});

test('an answer can be malformed, or cut off inside its JSON', async () => {
  const { first, read, fault } = await bankWithAccounts();
  await fault({ kind: 'malformed', times: 1 });
  await fault({ kind: 'truncate', truncate: 'json', times: 1 });
  for (let call = 0; call < 2; call += 1) {
    const { status, text } = await read(first);
    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  }
});

test('an answer can be cut off on the wire', async () => {
  const { bank, first, fault } = await bankWithAccounts();
  await fault({ kind: 'truncate' });
  const response = await fetch(`${bank.url}/v2/balance/getByAccount`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ account_id: first }),
  });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(300);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('a connection can be dropped, before or after the call took effect', async () => {
  const { bank, first, read } = await bankWithAccounts();
  await bank.control('PUT', `accounts/${first}/balance`, { ledger: '7', webhooks: 'withhold' });
  const refresh = () => bank.call('balance/refresh', { account_id: first });
  const drop = { endpoint: 'balance/refresh', kind: 'drop', times: 1 };
  const before = (await read(first)).text;

  await bank.control('POST', 'faults', drop);
  await expect(refresh()).rejects.toThrow('fetch failed');
  expect((await read(first)).text).toBe(before);

  await bank.control('POST', 'faults', { ...drop, processed: true });
  await expect(refresh()).rejects.toThrow('fetch failed');
  expect((await read(first)).text).toContain('"ledger_balance":7.00');
});

test('a call can hang, and be slow', async () => {
  const { bank, first, read, fault } = await bankWithAccounts();
  await fault({ kind: 'hang', times: 1 });
  const hanging = fetch(`${bank.url}/v2/balance/getByAccount`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ account_id: first }),
    signal: AbortSignal.timeout(100),
  });
  await expect(hanging).rejects.toThrow('due to timeout');
  await fault({ kind: 'latency', latency_ms: 80, times: 1 });
  const started = performance.now();
  expect((await read(first)).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(75);
});

test('latency goes together with another fault', async () => {
  const { first, read, fault } = await bankWithAccounts();
  await fault({ kind: 'latency', latency_ms: 50 });
  await fault({ kind: '500' });
  const started = performance.now();
  expect((await read(first)).status).toBe(500);
  expect(performance.now() - started).toBeGreaterThan(45);
});

test('a login error and a failing extraction can be feigned', async () => {
  const { bank, first, read, fault } = await bankWithAccounts();
  await fault({ kind: 'login_required', times: 1 });
  const expired = await read(first);
  expect([expired.status, expired.body.type]).toEqual([400, 'EXPIRED']);

  await bank.control('POST', 'faults', {
    endpoint: 'transactions/refresh',
    kind: 'refresh_fails',
    error_type: 'BANK_DOWN',
  });
  const { callback_url } = await bank.read('transactions/refresh', { account_id: first });
  const failed = await until(async () => {
    const response = await fetch(callback_url, { headers: { authorization: `Bearer ${SECRET}` } });
    const { data } = (await response.json()) as { data: object };
    return 'error' in data && data;
  });
  expect(failed).toMatchObject({
    status: { process: { running: false, completed: false, failed: true } },
    error: { type: 'BANK_DOWN' },
  });
});

async function outcomes(): Promise<number[]> {
  const { first, read, fault } = await bankWithAccounts();
  await fault({ kind: '500', probability: 0.5 });
  const statuses: number[] = [];
  for (let call = 0; call < 20; call += 1) statuses.push((await read(first)).status);
  return statuses;
}

test('a probability hits some calls and leaves others, the same ones for the same seed', async () => {
  const statuses = await outcomes();
  expect(new Set(statuses)).toEqual(new Set([200, 500]));
  expect(await outcomes()).toEqual(statuses);
});

test.each([
  [{ endpoint: 'nothing', kind: '500' }, 'endpoint'],
  [{ endpoint: '*', kind: 'fire' }, 'kind'],
  [{ endpoint: '*', kind: 'latency' }, 'latency_ms'],
  [{ endpoint: '*', kind: '500', probability: 2 }, 'probability'],
  [{ endpoint: '*', kind: '500', often: true }, 'often'],
])('%j is refused', async (rule, field) => {
  const bank = await startBank();
  const answer = await bank.controlRaw('POST', 'faults', rule);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toContain(field);
});
