import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  accountsFound,
  askForLink,
  link,
  startFreshetWithBank,
  whenDone,
} from '../support/link.ts';
import { linkBody, linkThenFail, READ_ACCOUNTS, storedFor } from '../support/link-then-fail.ts';
import { expectTruth } from '../support/mirror.ts';
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

const linkWorkflow = (id: string) => freshet.temporal.workflow.getHandle(`connection-link:${id}`);

describe('a link', () => {
  it('finds the accounts, has them scanned, and tells once when all are', async () => {
    const linked = await link(freshet, bank, { accounts: 4, transactions: 30 });
    await untilAllActive(freshet, linked);
    const done = await untilConnection(freshet, linked.connectionId, (body) => body.linked_at);
    expect(done).toMatchObject({
      status: 'active',
      status_code: null,
      new_accounts: 'offer',
      progress: { accounts: 4, scanned: 4 },
      offered_accounts: [],
      accounts_checked_at: expect.any(String),
    });
    for (const ids of linked.accounts) {
      await expectTruth(freshet.db, bank, ids);
      // Each records its state once more.
      await freshet.call('POST', `/v1/accounts/${ids.account}/pause`);
      await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
    }
    await untilAllActive(freshet, linked);
    const events = (await eventsOf(freshet.db, linked.connectionId)).filter(({ type }) =>
      type.startsWith('connection.'),
    );
    expect(events).toEqual([
      { type: 'connection.linked', account_id: null, data: { accounts: 4, scanned: 4 } },
    ]);
  });

  it('does not wait for an account that you pause', async () => {
    const made = await bank.createCustomer({ accounts: 2, transactions: 400 });
    const broken = made.accounts[1]?.id;
    const heal = await bank.fault({ endpoint: 'balance/refresh', kind: '500', account: broken });
    const asked = await askForLink(freshet, bank, made);
    const [, second] = (await accountsFound(freshet, asked)).accounts;
    await eventually(
      async () => (await connectionOf(freshet, asked.connectionId)).progress.scanned === 1,
    );
    await freshet.call('POST', `/v1/accounts/${second?.account}/pause`);
    await untilConnection(freshet, asked.connectionId, (body) => body.linked_at);
    await heal();
  }, 60_000);

  it('made twice at once is one connection with one set of accounts', async () => {
    const made = await bank.createCustomer({ accounts: 3 });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => freshet.call('POST', '/v1/connections', linkBody(made))),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    for (const answer of answers) {
      const shown = await whenDone(freshet, answer);
      expect([shown.status, shown.accounts.length]).toEqual(['active', 3]);
    }
  });

  it('goes on through an outage of the bank, which shows, and is woken by another link', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    const { posted, heal } = await linkThenFail(freshet, bank, made, '500');
    const { id } = await eventually(() => storedFor(freshet, made));
    const waiting = await untilConnection(freshet, id, (body) => body.status_code);
    expect(waiting).toMatchObject({ status: 'linking', status_code: 'http_500', accounts: [] });
    await heal();
    const again = await freshet.call('POST', '/v1/connections', linkBody(made));
    for (const answer of [again, await posted]) {
      const done = await whenDone(freshet, answer);
      expect([done.id, done.status, done.status_code]).toEqual([id, 'active', null]);
      expect(done.accounts).toHaveLength(2);
    }
  }, 60_000);

  it('ends where the bank wants a new log-in, and goes on after it', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    const { posted, heal } = await linkThenFail(freshet, bank, made, 'login_required');
    const refused = await posted;
    // Or they were still being looked for, on a busy machine.
    expect([
      [409, 'reauth_required'],
      [202, undefined],
    ]).toContainEqual([refused.status, refused.body.code]);
    const { id } = await eventually(() => storedFor(freshet, made));
    const ended = await untilConnection(freshet, id, ({ status }) => status !== 'linking');
    expect([ended.status, ended.status_code]).toEqual(['reauth_required', 'login_required']);
    await heal();
    const renewed = await freshet.call('POST', `/v1/connections/${id}/reauthorized`);
    expect(renewed.status).toBe(200);
    const found = await untilConnection(freshet, id, ({ accounts }) => accounts.length > 0);
    expect([found.status, found.accounts.length]).toEqual(['active', 2]);
  });

  it('goes on after a log-in of which a webhook tells, before any account is known', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    const { posted, heal } = await linkThenFail(freshet, bank, made, 'login_required');
    await posted;
    const { id } = await eventually(() => storedFor(freshet, made));
    await untilConnection(freshet, id, ({ status }) => status === 'reauth_required');
    await heal();
    const path = `/customers/${made.customer.id}/login`;
    await bank.control('POST', path, { state: 'required', webhooks: 'withhold' });
    await bank.control('POST', path, { state: 'ok' });
    const found = await untilConnection(freshet, id, ({ status }) => status === 'active');
    expect(found.accounts).toHaveLength(2);
  }, 60_000);

  it('made again is the way out of a consent that has ended', async () => {
    const linked = await link(freshet, bank, { accounts: 1 });
    const { customer, connectionId } = linked;
    await untilAllActive(freshet, linked);
    const login = (state: string) =>
      bank.control('POST', `/customers/${customer.customer.id}/login`, {
        state,
        webhooks: 'withhold',
      });
    await login('revoked');
    expect([200, 202]).toContain(
      (await freshet.call('POST', `/v1/connections/${connectionId}/discover`)).status,
    );
    const looked = await untilConnection(freshet, connectionId, ({ status }) => status === 'gone');
    expect(looked.status_code).toBe('consent_withdrawn');
    const refused = await freshet.call('POST', `/v1/connections/${connectionId}/discover`);
    expect([refused.status, refused.body.code]).toEqual([409, 'consent_ended']);
    await eventually(
      async () => (await connectionOf(freshet, connectionId)).accounts[0].status === 'paused',
    );
    await login('ok');
    const again = await freshet.call('POST', '/v1/connections', linkBody(customer));
    expect((await whenDone(freshet, again)).status).toBe('active');
    await untilAllActive(freshet, linked);
  }, 60_000);
});

describe('a worker that is killed', () => {
  it('while it looks for the accounts is followed by one that finds them', async () => {
    const made = await bank.createCustomer({ accounts: 2, transactions: 5 });
    const heal = await bank.fault({
      endpoint: READ_ACCOUNTS,
      kind: 'latency',
      latency_ms: 2_000,
      customer: made.customer.id,
    });
    await bank.forgetCalls();
    const posted = freshet.call('POST', '/v1/connections', linkBody(made));
    await eventually(async () => ((await bank.calls())[READ_ACCOUNTS] ?? 0) >= 2);
    await freshet.worker().kill();
    const answer = await posted;
    expect([answer.status, answer.body.status]).toEqual([202, 'linking']);
    await heal();
    await freshet.startWorker();
    const linked = await accountsFound(
      freshet,
      { status: 202, connectionId: answer.body.id, customer: made },
      60_000,
    );
    await untilAllActive(freshet, linked);
    for (const ids of linked.accounts) await expectTruth(freshet.db, bank, ids);
    await untilConnection(freshet, answer.body.id, (body) => body.linked_at);
    const { status } = await linkWorkflow(answer.body.id).describe();
    expect(status.name).toBe('COMPLETED');
  }, 120_000);
});
