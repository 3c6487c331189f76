import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandboxBank } from '../../sandbox/start.ts';
import { readAll, SECRET, startBank, startReceiver, until, type TestBank } from './support.ts';

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'bank.state');
}

/** All that can be seen of an account from both sides. */
async function seen(bank: TestBank, account: string) {
  return {
    customers: await bank.control('GET', 'customers'),
    truth: await bank.control('GET', `accounts/${account}/truth`),
    rows: await readAll(bank, account),
    balance: await bank.read('balance/getByAccount', { account_id: account }),
    webhooks: await bank.control('GET', 'webhooks'),
    settings: await bank.control('GET', 'settings'),
  };
}

/**
 * A bank with something of every kind: seen and unseen changes, removals, pendings, held webhooks.
 */
async function livedIn(file: string) {
  const bank = await startBank({ stateFile: file });
  const made = await bank.control('POST', 'customers', { accounts: 2, transactions: 30 });
  const account = made.accounts[0].id as string;
  const path = `accounts/${account}/transactions`;
  await bank.control('PUT', 'webhooks/delivery', { mode: 'hold' });
  const { transactions } = await bank.control('POST', path, [
    { amount: '-12345678901234567.89', pending: true },
    { amount: '2' },
    { amount: '3' },
  ]);
  await bank.control('PATCH', `transactions/${transactions[1].id}`, { description: 'seen' });
  await bank.control('DELETE', `transactions/${transactions[2].id}`);
  await bank.control('POST', path, { amount: '4', webhooks: 'withhold' });
  await bank.control('PATCH', `transactions/${transactions[1].id}`, {
    description: 'unseen',
    webhooks: 'withhold',
  });
  const old = (await readAll(bank, account)).at(-1);
  await bank.control('DELETE', `transactions/${old.id}`, { webhooks: 'withhold' });
  return { bank, made, account };
}

test.each(['in order', 'all at once, as by SIGKILL'])(
  'a bank stopped %s goes on where it was',
  async (how) => {
    const file = stateFile();
    const { bank, account } = await livedIn(file);
    const before = await seen(bank, account);
    if (how === 'in order') await bank.close();
    // A copy of the file as it is while the first one runs.
    const copy = `${file}.copy`;
    writeFileSync(copy, readFileSync(file));

    const again = await startBank({ stateFile: copy });
    expect(await seen(again, account)).toEqual(before);
    await again.read('transactions/refresh', { account_id: account });
    await again.read('balance/refresh', { account_id: account });
    const rows = await readAll(again, account);
    const truth = await again.control('GET', `accounts/${account}/truth`);
    expect(rows.map(({ id }) => id)).toEqual(
      truth.transactions.map(({ id }: { id: string }) => id),
    );
    await again.close();

    const third = await startBank({ stateFile: copy });
    expect((await third.control('GET', `accounts/${account}/truth`)).transactions).toEqual(
      truth.transactions,
    );
    expect(await readAll(third, account)).toEqual(rows);
  },
);

async function draw(restart: boolean): Promise<unknown> {
  const file = stateFile();
  let bank = await startBank({ stateFile: file });
  const made = await bank.control('POST', 'customers', { transactions: 2 });
  const path = `accounts/${made.accounts[0].id}/transactions`;
  await bank.control('POST', path, { count: 2 });
  if (restart) {
    await bank.close();
    bank = await startBank({ stateFile: file, seed: 'ignored, the file has one' });
  }
  const posted = await bank.control('POST', path, { count: 2 });
  const other = await bank.control('POST', 'customers', {});
  return [posted.transactions.map(({ id }: { id: string }) => id), other.customer.id];
}

test('a restarted bank draws what an uninterrupted one would have drawn', async () => {
  expect(await draw(true)).toEqual(await draw(false));
});

test('waiting webhooks and running refreshes are taken up again', async () => {
  const file = stateFile();
  const receiver = await startReceiver();
  const first = await startBank({
    stateFile: file,
    processingMs: 60_000,
    webhookTarget: { url: 'http://127.0.0.1:9/', token: null },
  });
  const made = await first.control('POST', 'customers', {});
  const account = made.accounts[0].id as string;
  await first.control('PUT', `accounts/${account}/balance`, { ledger: '5' });
  const { callback_url } = await first.read('balance/refresh', { account_id: account });
  await first.close();

  const second = await startBank({
    stateFile: file,
    processingMs: 0,
    webhookTarget: { url: receiver.url, token: null },
  });
  await until(() => receiver.received.length === 1);
  const url = callback_url.replace(first.url, second.url);
  const response = await fetch(url, { headers: { authorization: `Bearer ${SECRET}` } });
  expect(await response.json()).toMatchObject({
    data: { status: { process: { completed: true } }, balance: { ledger_balance: 5 } },
  });
});

test('a line that was being written when the process died is left out', async () => {
  const file = stateFile();
  const { bank, account } = await livedIn(file);
  const before = await seen(bank, account);
  await bank.close();
  appendFileSync(file, '0badc0de [{"op":"clock","state":{"frozen');
  const again = await startBank({ stateFile: file });
  expect(await seen(again, account)).toEqual(before);
});

test.each([
  ['in the middle', (text: string) => text.replace('"ledger"', '"lodger"')],
  ['at its start', (text: string) => `x${text}`],
  ['wholly', () => 'something else\n'],
])('a file damaged %s is refused with a clear word', async (_where, damage) => {
  const file = stateFile();
  const { bank } = await livedIn(file);
  await bank.close();
  writeFileSync(file, damage(readFileSync(file, 'utf8')));
  await expect(startSandboxBank({ secretKey: SECRET, stateFile: file })).rejects.toThrow(
    /state file .*bank\.state is damaged at line \d+\. Restore it/,
  );
});

test('a second bank on the same port leaves the state file alone', async () => {
  const file = stateFile();
  const { bank } = await livedIn(file);
  const before = readFileSync(file);
  const port = Number(new URL(bank.url).port);
  const second = startSandboxBank({ secretKey: SECRET, stateFile: file, port });
  await expect(second).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
  expect(readFileSync(file)).toEqual(before);
});
