import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { post } from './post.ts';

/* A webhook to which its bank gives no time may tell of another event in the same words. */

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
});
afterAll(() => close());

const syncsOf = async (accountId: string) =>
  await freshet.db
    .selectFrom('sync_runs')
    .where('account_id', '=', accountId)
    .where('status', '=', 'succeeded')
    .where('webhooks', '>', 0)
    .select(['product', 'webhooks'])
    .execute();

it('takes effect each time that it comes', async () => {
  const { accounts, customer } = await link(freshet, bank, { accounts: 1, transactions: 2 });
  const [ids] = accounts;
  await untilStatus(freshet, ids.account, 'active');
  const body = JSON.stringify({
    callback_code: 'TRANSACTIONS_CHANGED',
    customerId: customer.customer.id,
    bankId: customer.bank.id,
  });
  for (let time = 1; time <= 3; time++) {
    expect(await post(freshet, body)).toBe(200);
    await eventually(async () => (await syncsOf(ids.account)).length === time);
  }
  const stored = await freshet.call('GET', `/v1/webhooks?account_id=${ids.account}`);
  expect(stored.body.data.map((one: { state: string }) => one.state)).toEqual(
    Array.from({ length: 3 }, () => 'applied'),
  );
}, 60_000);

it('takes effect where the account was not known at first', async () => {
  const customer = await bank.createCustomer({ accounts: 1, transactions: 2 });
  const body = JSON.stringify({
    callback_code: 'TRANSACTIONS_CHANGED',
    customerId: customer.customer.id,
    bankId: customer.bank.id,
  });
  expect(await post(freshet, body)).toBe(200);
  const path = '/v1/webhooks?state=unmatched';
  expect((await freshet.call('GET', path)).body.data).toHaveLength(1);
  const linked = await freshet.call('POST', '/v1/connections', {
    provider: 'okra',
    link: { customer: customer.customer.id, bank: customer.bank.id },
    refresh: false,
  });
  const account = linked.body.accounts[0].id;
  await untilStatus(freshet, account, 'active');
  expect(await syncsOf(account)).toEqual([]);
  expect(await post(freshet, body)).toBe(200);
  await eventually(async () => (await syncsOf(account)).length === 1);
}, 60_000);

it('is stored once where it says nothing', async () => {
  const body = 'no JSON, and always the same';
  expect([await post(freshet, body), await post(freshet, body)]).toEqual([200, 200]);
  const { body: found } = await freshet.call('GET', '/v1/webhooks?state=unreadable');
  expect(found.data).toHaveLength(1);
});
