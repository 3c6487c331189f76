import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnectionWorkflows } from '../../temporal/connection-workflows.ts';
import { eventually } from '../support/eventually.ts';
import {
  accountsFound,
  askForLink,
  startFreshetWithBank,
  untilStatus,
  whenDone,
} from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { connectionOf, eventsOf, untilAllActive, untilConnection } from './support.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

const REFRESH = { interval: 'six_hours', products: ['transaction'] };

/** A linked connection, and accounts that the customer has opened at the bank since. */
async function withLaterAccounts(opened: number, options: object = {}) {
  const asked = await askForLink(
    freshet,
    bank,
    { accounts: 1, transactions: 3 },
    { refresh: REFRESH, ...options },
  );
  const linked = await accountsFound(freshet, asked);
  await untilAllActive(freshet, linked);
  const path = `/customers/${asked.customer.customer.id}/accounts`;
  const { accounts } = await bank.control('POST', path, { accounts: opened, transactions: 4 });
  const ids = accounts.map(({ id }: { id: string }) => id) as string[];
  return { ...linked, opened: ids, path: `/v1/connections/${linked.connectionId}` };
}

const offeredIn = (body: { offered_accounts: { provider_account_id: string }[] }): string[] =>
  body.offered_accounts.map((one) => one.provider_account_id);
const sorted = (ids: readonly string[]): string[] => [...ids].sort();

async function expectLinked(connectionId: string, bankIds: readonly string[]): Promise<void> {
  const { accounts } = await connectionOf(freshet, connectionId);
  for (const bankId of bankIds) {
    const found = accounts.find(
      (one: { provider_account_id: string }) => one.provider_account_id === bankId,
    );
    expect(found?.settings).toMatchObject(REFRESH);
    await untilStatus(freshet, found.id, 'active');
    const { transactions } = await bank.truth(bankId);
    const page = await freshet.call('GET', `/v1/accounts/${found.id}/transactions`);
    expect(page.body.data).toHaveLength(transactions.length);
  }
}

describe('an account that appears at the bank later', () => {
  it('is offered once, and linked when that is asked for', async () => {
    const { connectionId, opened, path } = await withLaterAccounts(3);
    for (const _ of ['first look', 'second look']) {
      const looked = await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
      expect(looked.accounts).toHaveLength(1);
      expect(sorted(offeredIn(looked))).toEqual(sorted(opened));
    }
    const offers = (await eventsOf(freshet.db, connectionId)).filter(
      ({ type }) => type === 'connection.accounts_offered',
    );
    expect(offers.map(({ data }) => data)).toEqual([{ count: 3 }]);

    const wrong = { provider_account_ids: [opened[0], 'nobody'] };
    const refused = await freshet.call('POST', `${path}/accounts`, wrong);
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect(refused.body.errors[0].field).toBe('provider_account_ids.1');

    const one = { provider_account_ids: [opened[0]] };
    for (const _ of ['first', 'again']) {
      const { status, body } = await freshet.call('POST', `${path}/accounts`, one);
      expect([status, body.accounts.length]).toEqual([200, 2]);
      expect(sorted(offeredIn(body))).toEqual(sorted(opened.slice(1)));
    }
    const all = await freshet.call('POST', `${path}/accounts`, {});
    expect([all.status, all.body.accounts.length, offeredIn(all.body)]).toEqual([200, 4, []]);
    await expectLinked(connectionId, opened);
  }, 60_000);

  it('is linked at once where that is the setting', async () => {
    const { connectionId, opened, path } = await withLaterAccounts(1, { new_accounts: 'link' });
    const body = await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
    expect([body.accounts.length, body.offered_accounts]).toEqual([2, []]);
    await expectLinked(connectionId, opened);
  });

  it('is linked when the setting changes', async () => {
    const { connectionId, opened, path } = await withLaterAccounts(2);
    await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
    const change = { new_accounts: 'link', reference: 'mine' };
    const { status, body } = await freshet.call('PATCH', path, change);
    expect([status, body.new_accounts, body.reference]).toEqual([200, 'link', 'mine']);
    expect([body.accounts.length, body.offered_accounts]).toEqual([3, []]);
    await expectLinked(connectionId, opened);
    const cleared = await freshet.call('PATCH', path, { reference: null });
    expect([cleared.body.reference, cleared.body.new_accounts]).toEqual([null, 'link']);
    expect((await freshet.call('PATCH', path, {})).status).toBe(400);
  });

  it('is linked by another link, as the customer has just chosen', async () => {
    const { connectionId, customer, opened, path } = await withLaterAccounts(2);
    await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
    const again = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: customer.customer.id, bank: customer.bank.id },
    });
    const body = await whenDone(freshet, again);
    expect([body.accounts.length, body.offered_accounts]).toEqual([3, []]);
    await expectLinked(connectionId, opened);
  });

  it('is found by the reconciler within a day', async () => {
    const { connectionId, opened } = await withLaterAccounts(1);
    expect((await connectionOf(freshet, connectionId)).offered_accounts).toEqual([]);
    await freshet.db
      .updateTable('connections')
      .set({ accounts_checked_at: new Date(Date.now() - 25 * 3_600_000) })
      .where('id', '=', connectionId)
      .execute();
    const body = await untilConnection(
      freshet,
      connectionId,
      (one) =>
        one.offered_accounts.length > 0 &&
        Date.now() - Date.parse(one.accounts_checked_at) < 3_600_000,
    );
    expect(offeredIn(body)).toEqual(opened);
  });

  it('is asked for in vain at most for a while, and then left to the next day', async () => {
    const { connectionId, customer, opened, path } = await withLaterAccounts(1);
    const customerId = customer.customer.id;
    const heal = await bank.fault({
      endpoint: 'accounts/getByCustomer',
      kind: '500',
      customer: customerId,
    });
    await freshet.db
      .updateTable('connections')
      .set({ accounts_checked_at: new Date(Date.now() - 25 * 3_600_000) })
      .where('id', '=', connectionId)
      .execute();
    const handle = freshet.temporal.workflow.getHandle(`connection-link:${connectionId}`);
    await eventually(
      async () => {
        const result = await handle.result();
        return (result as { outcome: string }).outcome === 'put_off';
      },
      { timeoutMs: 60_000 },
    );
    const body = await connectionOf(freshet, connectionId);
    expect([body.status, body.status_code, body.offered_accounts]).toEqual(['active', null, []]);
    expect(Date.now() - Date.parse(body.accounts_checked_at)).toBeLessThan(3_600_000);
    const workflows = createConnectionWorkflows(freshet.temporal, { taskQueue: 'freshet' });
    expect(await workflows.ended('link', connectionId, 5_000)).toBe('put_off');

    // Who asks in vain is told so, and that a look in vain was no look.
    const inVain = await freshet.call('POST', `${path}/discover`);
    expect([inVain.status, inVain.body.offered_accounts]).toEqual([202, []]);
    await heal();
    const looked = await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
    expect(offeredIn(looked)).toEqual(opened);
  }, 90_000);
});

describe('a connection that is unlinked', () => {
  it('is changed and looked at no more', async () => {
    const { path } = await withLaterAccounts(1);
    await whenDone(freshet, await freshet.call('POST', `${path}/discover`));
    const gone = await whenDone(freshet, await freshet.call('DELETE', path));
    expect(gone.offered_accounts).toEqual([]);
    const calls = [
      ['PATCH', path, { new_accounts: 'link' }],
      ['POST', `${path}/accounts`, {}],
      ['POST', `${path}/discover`, undefined],
      ['POST', `${path}/reauthorized`, undefined],
    ] as const;
    for (const [method, url, body] of calls) {
      const answer = await freshet.call(method, url, body);
      expect([url, answer.status, answer.body.code]).toEqual([url, 409, 'connection_unlinked']);
    }
  });
});
