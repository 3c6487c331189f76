import { afterAll, beforeAll, expect, it } from 'vitest';
import { allThatTemporalHolds } from '../support/all-that-temporal-holds.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, whenDone, type Linked } from '../support/link.ts';
import { linkThenFail, storedFor } from '../support/link-then-fail.ts';
import { expectTruth } from '../support/mirror.ts';
import type { BankCustomer, TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

/** Some words are too short to be found by nothing but chance. */
const SHORTEST = 6;

/** All that is private of a customer's accounts: amounts without their signs, too. */
async function wordsOf(customer: BankCustomer): Promise<string[]> {
  const accounts = await Promise.all(
    customer.accounts.map(async ({ id, nuban, name }) => {
      const { balance, transactions } = await bank.truth(id);
      const amounts = [balance.ledger, balance.available];
      const texts = transactions.flatMap((one) => {
        amounts.push(one.amount, one.running_balance);
        return [one.id, one.description, one.counterparty];
      });
      return [id, nuban, name, ...texts, ...amounts.map((amount) => amount.replace('-', ''))];
    }),
  );
  const { customer: who, bank: where } = customer;
  return [who.id, who.name, where.id, ...accounts.flat()].filter((word) => word !== null);
}

const connectionPath = ({ connectionId }: Linked): string => `/v1/connections/${connectionId}`;
const login = ({ customer }: Linked, state: string) =>
  bank.control('POST', `/customers/${customer.customer.id}/login`, { state, webhooks: 'withhold' });

async function linked(name: string, ledger: string): Promise<Linked> {
  const accounts = [{ name, balance: { ledger }, transactions: 20 }];
  const made = await link(freshet, bank, { accounts });
  await untilStatus(freshet, made.accounts[0].account, 'active');
  return made;
}

/** Failures, webhooks, a new log-in and an offer, and at the end an unlink that keeps the data. */
async function liveLong(one: Linked): Promise<void> {
  const [ids] = one.accounts;
  const path = `/v1/accounts/${ids.account}`;
  const refresh = () => freshet.call('POST', `${path}/refresh`, { wait: 20 });
  for (const kind of ['malformed', 'refresh_fails', '500']) {
    await bank.fault({ endpoint: 'balance/refresh', kind, account: ids.bank, times: 1 });
    await refresh();
  }
  const spent = { amount: '-2718.28', description: 'Confidential payment' };
  await bank.control('POST', `/accounts/${ids.bank}/transactions`, spent);
  await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '161803.39' });
  await freshet.call('POST', `${path}/start`);
  await refresh();
  await expectTruth(freshet.db, bank, ids);
  const hook = { webhook_url: 'https://operator.example/Confidential-hook', interval: 'six_hours' };
  await freshet.call('PATCH', `${path}/settings`, hook);

  await login(one, 'required');
  await refresh();
  await untilStatus(freshet, ids.account, 'paused');
  await login(one, 'ok');
  await freshet.call('POST', `${connectionPath(one)}/reauthorized`);
  await untilStatus(freshet, ids.account, 'active');

  const opened = `/customers/${one.customer.customer.id}/accounts`;
  await bank.control('POST', opened, { accounts: [{ name: 'Offered Savings' }] });
  await whenDone(freshet, await freshet.call('POST', `${connectionPath(one)}/discover`));
  await freshet.call('POST', `${connectionPath(one)}/accounts`, {});
}

/** A link that the bank refuses half-way, and that goes on after a new log-in. */
async function linkInVain(customer: BankCustomer): Promise<void> {
  const { posted, heal } = await linkThenFail(freshet, bank, customer, 'login_required');
  await posted;
  const { id } = await eventually(() => storedFor(freshet, customer));
  const path = `/v1/connections/${id}`;
  const status = async () => (await freshet.call('GET', path)).body.status;
  await eventually(async () => (await status()) === 'reauth_required');
  await heal();
  await freshet.call('POST', `${path}/reauthorized`);
  await eventually(async () => (await status()) === 'active');
}

/** An erase that the bank holds up at first. */
async function erase(one: Linked): Promise<void> {
  const customer = one.customer.customer.id;
  await bank.fault({ endpoint: 'customers/disconnect', kind: '500', customer });
  const asked = freshet.call('DELETE', `${connectionPath(one)}?data=erase`);
  await eventually(
    async () => (await freshet.call('GET', connectionPath(one))).body.status_code === 'http_500',
  );
  const forced = await freshet.call('DELETE', `${connectionPath(one)}?force=true`);
  expect((await whenDone(freshet, forced)).erased_at).not.toBeNull();
  await asked;
}

it('names, amounts, numbers and secrets are nowhere in Temporal (invariant 8)', async () => {
  const long = await linked('Private Savings', '314159.26');
  const erased = await linked('Private Current', '299792.45');
  const inVain = await bank.createCustomer({
    accounts: [{ name: 'Private Deposit', balance: { ledger: '602214.07' } }],
  });
  const before = [...(await wordsOf(long.customer)), ...(await wordsOf(erased.customer))];
  await Promise.all([liveLong(long), erase(erased)]);
  await linkInVain(inVain);
  const { body } = await freshet.call('GET', connectionPath(long));
  const words = [
    ...before,
    ...(await wordsOf(long.customer)),
    ...(await wordsOf(inVain)),
    ...body.accounts.flatMap((one: { provider_account_id: string; number: string }) => [
      one.provider_account_id,
      one.number,
    ]),
    'Offered Savings',
    'operator.example',
    bank.secretKey,
    bank.webhookToken,
    freshet.apiKey,
  ].filter((word) => word.length >= SHORTEST);
  expect((await whenDone(freshet, await freshet.call('DELETE', connectionPath(long)))).status).toBe(
    'unlinked',
  );

  // That what is searched is all of it.
  const expected = [
    `account-sync:${long.accounts[0].account}`,
    ...[long, erased].map(({ connectionId }) => `connection-link:${connectionId}`),
    ...[long, erased].map(({ connectionId }) => `connection-unlink:${connectionId}`),
    'reconcile',
  ];
  const missing = async (): Promise<string[]> => {
    const listed = await Array.fromAsync(freshet.temporal.workflow.list());
    return expected.filter((one) => !listed.some(({ workflowId }) => workflowId.startsWith(one)));
  };
  await expect.poll(missing, { timeout: 15_000 }).toEqual([]);
  const held = await allThatTemporalHolds(freshet.temporal);
  const all = [...held.values()].join('\n');
  const known = [
    '"triggers":["link"]',
    '"triggers":["manual"]',
    'reauth_required',
    'balance and transaction: manual',
    'until the next sync',
    'which accounts there are',
    'withdraws the consent',
    'Done.',
    'Last success',
    'FreshetLastErrorType',
    'connectionId',
  ];
  expect(known.filter((one) => !all.includes(one))).toEqual([]);

  const found = [...held].flatMap(([workflow, text]) =>
    words.filter((word) => text.includes(word)).map((word) => `${word} in ${workflow}`),
  );
  expect(found).toEqual([]);
  const log = freshet.worker().output();
  expect(words.filter((word) => log.includes(word))).toEqual([]);
}, 90_000);
