import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { accountsFound, askForLink, link, startFreshetWithBank } from '../support/link.ts';
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

const linkBody = (made: { customer: { id: string }; bank: { id: string } }) => ({
  provider: 'okra',
  link: { customer: made.customer.id, bank: made.bank.id },
  refresh: false,
});
const linkWorkflow = (id: string) => freshet.temporal.workflow.getHandle(`connection-link:${id}`);

const READ = 'accounts/getByCustomer';

/** Asks for a link at which the bank answers the link's own read, and none after it. */
async function linkThenFail(
  made: { customer: { id: string }; bank: { id: string } },
  kind: '500' | 'login_required',
) {
  const customer = made.customer.id;
  const slow = { endpoint: READ, kind: 'latency', latency_ms: 300, customer };
  await bank.control('POST', '/faults', slow);
  await bank.forgetCalls();
  const posted = freshet.call('POST', '/v1/connections', linkBody(made));
  await eventually(async () => ((await bank.calls())[READ] ?? 0) >= 1);
  await bank.control('POST', '/faults', { endpoint: READ, kind, customer });
  return await posted;
}

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
    const asked = await askForLink(freshet, bank, { accounts: 2, transactions: 400 });
    const [first, second] = (await accountsFound(freshet, asked)).accounts;
    await bank.control('POST', '/faults', { endpoint: '*', kind: '500', account: second?.bank });
    await freshet.call('POST', `/v1/accounts/${second?.account}/refresh`);
    await eventually(
      async () => (await connectionOf(freshet, asked.connectionId)).progress.scanned === 1,
    );
    await freshet.call('POST', `/v1/accounts/${second?.account}/pause`);
    await untilConnection(freshet, asked.connectionId, (body) => body.linked_at);
    expect(first).toBeDefined();
    await bank.control('DELETE', '/faults');
  }, 60_000);

  it('made twice at once is one connection with one set of accounts', async () => {
    const made = await bank.createCustomer({ accounts: 3 });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => freshet.call('POST', '/v1/connections', linkBody(made))),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const shown = await connectionOf(freshet, answers[0]?.body.id);
    expect([shown.status, shown.accounts.length]).toEqual(['active', 3]);
  });

  it('goes on through an outage of the bank, which shows, and is woken by another link', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    const answer = await linkThenFail(made, '500');
    expect([answer.status, answer.body.status]).toEqual([202, 'linking']);
    expect(answer.body).toMatchObject({ status_code: 'http_500', accounts: [], linked_at: null });
    await bank.control('DELETE', '/faults');
    const again = await freshet.call('POST', '/v1/connections', linkBody(made));
    expect([again.status, again.body.status]).toEqual([200, 'active']);
    expect([again.body.id, again.body.accounts.length]).toEqual([answer.body.id, 2]);
  }, 60_000);

  it('ends where the bank wants a new log-in, and goes on after it', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    const refused = await linkThenFail(made, 'login_required');
    expect([refused.status, refused.body.code]).toEqual([409, 'reauth_required']);
    const found = await freshet.db
      .selectFrom('connections')
      .where('provider_connection_id', 'like', `${made.customer.id}:%`)
      .select(['id', 'status', 'status_code'])
      .execute();
    expect(found).toMatchObject([{ status: 'reauth_required', status_code: 'login_required' }]);
    await bank.control('DELETE', '/faults');
    const path = `/v1/connections/${found[0]?.id}/reauthorized`;
    const { status, body } = await freshet.call('POST', path);
    expect([status, body.status, body.accounts.length]).toEqual([200, 'active', 2]);
  });

  it('goes on after a log-in of which a webhook tells, before any account is known', async () => {
    const made = await bank.createCustomer({ accounts: 2 });
    expect((await linkThenFail(made, 'login_required')).status).toBe(409);
    const { id } = await freshet.db
      .selectFrom('connections')
      .where('provider_connection_id', 'like', `${made.customer.id}:%`)
      .select('id')
      .executeTakeFirstOrThrow();
    await bank.control('DELETE', '/faults');
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
    const looked = await freshet.call('POST', `/v1/connections/${connectionId}/discover`);
    expect([looked.status, looked.body.status, looked.body.status_code]).toEqual([
      200,
      'gone',
      'consent_withdrawn',
    ]);
    const refused = await freshet.call('POST', `/v1/connections/${connectionId}/discover`);
    expect([refused.status, refused.body.code]).toEqual([409, 'consent_ended']);
    await eventually(
      async () => (await connectionOf(freshet, connectionId)).accounts[0].status === 'paused',
    );
    await login('ok');
    const again = await freshet.call('POST', '/v1/connections', linkBody(customer));
    expect([again.status, again.body.status]).toEqual([200, 'active']);
    await untilAllActive(freshet, linked);
  }, 60_000);
});

describe('a worker that is killed', () => {
  it('while it looks for the accounts is followed by one that finds them', async () => {
    const made = await bank.createCustomer({ accounts: 2, transactions: 5 });
    await bank.control('POST', '/faults', {
      endpoint: READ,
      kind: 'latency',
      latency_ms: 2_000,
      customer: made.customer.id,
    });
    await bank.forgetCalls();
    const posted = freshet.call('POST', '/v1/connections', linkBody(made));
    await eventually(async () => ((await bank.calls())[READ] ?? 0) >= 2);
    await freshet.worker().kill();
    const answer = await posted;
    expect([answer.status, answer.body.status]).toEqual([202, 'linking']);
    await bank.control('DELETE', '/faults');
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
