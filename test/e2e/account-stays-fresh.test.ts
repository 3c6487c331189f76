import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, whenDone } from '../support/link.ts';
import { expectTruth, mirrorOf } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({
    intervals: { one_minute: 1_500 },
  }));
});
afterAll(() => close());

const syncsOf = async (accountId: string) =>
  (await freshet.call('GET', `/v1/accounts/${accountId}/syncs?limit=500`)).body.data as {
    product: string;
    triggers: string[];
    scope: string;
    status: string;
    webhooks: number;
  }[];

const settingsOf = async (refresh: unknown): Promise<unknown[]> => {
  const { accounts } = await link(freshet, bank, { accounts: 1 }, refresh);
  const { body } = await freshet.call('GET', `/v1/accounts/${accounts[0].account}`);
  const { interval, products, webhook_url: url } = body.settings;
  return [interval, products, url];
};

describe('linking', () => {
  it('scans every account in full', async () => {
    // Extractions that the provider has to wait for: elsewhere in the tests they take no time.
    await bank.control('PUT', '/settings', { processing_ms: 20 });
    const { accounts } = await link(freshet, bank, { accounts: 2, transactions: 450 });
    for (const ids of accounts) {
      await untilStatus(freshet, ids.account, 'active');
      await expectTruth(freshet.db, bank, ids);
      expect((await mirrorOf(freshet.db, ids.account)).transactions).toHaveLength(450);
    }
    await bank.control('PUT', '/settings', { processing_ms: 0 });
  });

  it('is idempotent, by the consent and by the key', async () => {
    const customer = await bank.createCustomer({ accounts: 1 });
    const body = {
      provider: 'okra',
      link: { customer: customer.customer.id, bank: customer.bank.id },
      reference: 'customer-1',
    };
    const key = { 'Idempotency-Key': `key-${customer.customer.id}` };
    const [first, replayed] = [
      await freshet.call('POST', '/v1/connections', body, key),
      await freshet.call('POST', '/v1/connections', body, key),
    ];
    expect([201, 202]).toContain(first.status);
    expect([replayed.status, replayed.body]).toEqual([first.status, first.body]);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');

    const other = await freshet.call('POST', '/v1/connections', { ...body, reference: 'b' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);

    const again = await Promise.all(
      ['a', 'b', 'c'].map(() => freshet.call('POST', '/v1/connections', body)),
    );
    for (const answer of again) {
      expect((await whenDone(freshet, answer)).id).toBe(first.body.id);
    }
    const found = await freshet.call('GET', '/v1/connections?reference=customer-1');
    expect(found.body.data).toHaveLength(1);
  });

  it('takes each form of refresh', async () => {
    const both = ['balance', 'transaction'];
    expect(await settingsOf(true)).toEqual(['daily', both, null]);
    expect(await settingsOf(false)).toEqual([null, both, null]);
    expect(await settingsOf({})).toEqual(['daily', both, null]);
    expect(
      await settingsOf({
        interval: 'six_hours',
        products: ['transactions'],
        webhook_url: 'https://example.com/hook',
      }),
    ).toEqual(['six_hours', ['transaction'], 'https://example.com/hook']);
  });

  it('keeps exact amounts exact, from the bank to the API', async () => {
    const { accounts } = await link(freshet, bank, {
      accounts: [{ balance: { ledger: '12345678901234567.89', available: '0.01' } }],
    });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, {
      amount: '-90071992547409.93',
      description: 'Exact',
    });
    await expectTruth(freshet.db, bank, ids);
    const { body } = await freshet.call('GET', `/v1/accounts/${ids.account}/transactions`);
    expect(body.data[0].amount).toBe('-90071992547409.93');
    expect(body).toMatchObject({ stale: false, data_as_of: expect.any(String) });
    const balance = await freshet.call('GET', `/v1/accounts/${ids.account}/balance`);
    expect(balance.body.current).toBe('12255606908687157.96');
  });
});

describe('a webhook', () => {
  it('that is complete is stored with no call to the bank', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 3 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.forgetCalls();
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '77.70' });
    await expectTruth(freshet.db, bank, ids);
    expect(await bank.calls()).toEqual({});
    expect((await syncsOf(ids.account))[0]).toMatchObject({
      product: 'balance',
      triggers: ['webhook'],
      scope: 'webhook',
      webhooks: 1,
    });
  });

  it('that holds only a record and a count becomes the narrowest query', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 300 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.forgetCalls();
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-5.25' });
    await expectTruth(freshet.db, bank, ids);
    expect(await bank.calls()).toEqual({ 'transactions/byRecord': 1 });
  });

  it('that tells of removals marks them, with no call to the bank', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 5 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const [gone] = (await bank.truth(ids.bank)).transactions;
    await bank.forgetCalls();
    await bank.control('DELETE', `/transactions/${gone?.id}`, {});
    await expectTruth(freshet.db, bank, ids);
    expect(await bank.calls()).toEqual({});
    const path = `/v1/accounts/${ids.account}/transactions`;
    expect((await freshet.call('GET', path)).body.data).toHaveLength(4);
    const all = (await freshet.call('GET', `${path}?include_removed=true`)).body.data;
    expect(all).toHaveLength(5);
  });

  it('that is late does not overwrite what is newer', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
    try {
      for (const ledger of ['1.00', '2.00', '3.00']) {
        await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger });
      }
    } finally {
      await bank.control('PUT', '/webhooks/delivery', { mode: 'normal' });
    }
    await bank.control('POST', '/webhooks/release', { order: 'reverse' });
    await eventually(async () => {
      const waiting = await freshet.db
        .selectFrom('webhook_effects')
        .where('account_id', '=', ids.account)
        .where('applied_at', 'is not', null)
        .select('webhook_id')
        .execute();
      return waiting.length === 3;
    });
    await expectTruth(freshet.db, bank, ids);
  });

  it('that comes twice has one effect', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const { webhooks } = await bank.control('PUT', `/accounts/${ids.bank}/balance`, {
      ledger: '10.00',
    });
    await expectTruth(freshet.db, bank, ids);
    const before = await syncsOf(ids.account);
    await bank.control('POST', `/webhooks/${webhooks[0].id}/resend`);
    await eventually(async () => {
      const { webhooks: sent } = await bank.control('GET', `/webhooks?account=${ids.bank}`);
      return sent.every(({ state }: { state: string }) => state === 'delivered');
    });
    const stored = await freshet.db
      .selectFrom('inbound_webhooks')
      .innerJoin('webhook_effects', 'webhook_effects.webhook_id', 'inbound_webhooks.id')
      .where('account_id', '=', ids.account)
      .select('inbound_webhooks.id')
      .execute();
    expect(stored).toHaveLength(1);
    expect(await syncsOf(ids.account)).toEqual(before);
  });

  it.each([
    ['a wrong token', { Authorization: 'Bearer wrong-token' }],
    ['no token', {}],
  ])('with %s is 401 and not stored', async (_, headers) => {
    const body = JSON.stringify({ callback_code: 'BALANCE_SUCCESS', forged: true });
    const response = await fetch(`${freshet.url}/webhooks/okra`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'webhook_not_verified' });
    const keys = await freshet.db.selectFrom('inbound_webhooks').select('dedupe_key').execute();
    expect(keys.map((row) => row.dedupe_key)).not.toContainEqual(
      expect.stringContaining(sha256(body)),
    );
  });

  it.each([
    ['not JSON', 'hello', 'unreadable'],
    ['an unknown type', JSON.stringify({ callback_code: 'SOMETHING_NEW' }), 'no_effect'],
    [
      'an unknown account',
      JSON.stringify({
        callback_code: 'PERIODIC_TRANSACTIONS',
        record: 'f'.repeat(24),
        customerId: 'e'.repeat(24),
        bankId: 'd'.repeat(24),
        new_transactions: 1,
      }),
      'unmatched',
    ],
  ])('with a true token that is %s is stored and acknowledged', async (_, body, outcome) => {
    const response = await fetch(`${freshet.url}/webhooks/okra`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${freshet.webhookToken}`,
      },
      body,
    });
    expect(response.status).toBe(200);
    const stored = await freshet.db
      .selectFrom('inbound_webhooks')
      .where('outcome', '=', outcome as 'unreadable')
      .select('dedupe_key')
      .execute();
    expect(stored.map((row) => row.dedupe_key)).toContainEqual(
      expect.stringContaining(sha256(body)),
    );
  });
});

describe('the schedule', () => {
  it('refreshes by itself, pause stops it, and start resumes it', async () => {
    const refresh = { interval: 'one_minute' };
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 2 }, refresh);
    const [ids] = accounts;
    const change = (amount: string) =>
      bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount, webhooks: 'withhold' });
    await untilStatus(freshet, ids.account, 'active');
    await change('-1.00');
    await expectTruth(freshet.db, bank, ids);
    expect((await syncsOf(ids.account))[0]?.triggers).toEqual(['schedule']);

    const paused = await freshet.call('POST', `/v1/accounts/${ids.account}/pause`);
    expect([paused.status, paused.body.status, paused.body.pause_reason]).toEqual([
      200,
      'paused',
      'user',
    ]);
    expect(paused.body.settings.confirmed).toBe(true);
    const handle = freshet.temporal.workflow.getHandle(`account-sync:${ids.account}`);
    await eventually(async () => {
      const state = await handle.query<{ syncing: string[] }>('state');
      return state.syncing.length === 0;
    });
    const before = await syncsOf(ids.account);
    await change('-2.00');
    const nowhere = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, {});
    expect([nowhere.status, nowhere.body.code]).toEqual([409, 'account_paused']);

    // Another account with the same interval goes through two slots: time enough for this one to
    // break its pause.
    const other = await link(freshet, bank, { accounts: 1 }, refresh);
    await eventually(async () => {
      const syncs = await syncsOf(other.accounts[0].account);
      return syncs.filter(({ triggers }) => triggers.includes('schedule')).length >= 4;
    });
    expect(await syncsOf(ids.account)).toEqual(before);

    const started = await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
    expect(started.body.settings).toMatchObject({ paused: false, confirmed: true });
    await expectTruth(freshet.db, bank, ids);
  });

  it('follows a change of the interval at once', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1 }, true);
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const { body } = await freshet.call('PATCH', `/v1/accounts/${ids.account}/settings`, {
      interval: 'one_minute',
    });
    expect(body.settings).toMatchObject({ interval: 'one_minute', version: 2, confirmed: true });
    await eventually(async () =>
      (await syncsOf(ids.account)).some(({ triggers }) => triggers.includes('schedule')),
    );
  });
});

describe('a refresh', () => {
  it('answers with what changed when it is waited for', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 2 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, {
      amount: '9.99',
      webhooks: 'withhold',
    });
    const { status, body } = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, {
      wait: 20,
    });
    expect(status).toBe(200);
    expect(body.state).toBe('done');
    expect(body.syncs).toEqual([
      {
        product: 'balance',
        outcome: 'succeeded',
        added: 0,
        changed: 1,
        removed: 0,
        error_code: null,
      },
      {
        product: 'transaction',
        outcome: 'succeeded',
        added: 1,
        changed: 0,
        removed: 0,
        error_code: null,
      },
    ]);
    await expectTruth(freshet.db, bank, ids);
  });

  it.each([
    ['/v1/balance/refresh', 'balance'],
    ['/v1/transactions/refresh', 'transaction'],
  ])('%s syncs %s alone', async (path, product) => {
    const { accounts } = await link(freshet, bank, { accounts: 1 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const { status, body } = await freshet.call('POST', path, {
      account_id: ids.account,
      wait: 20,
    });
    expect(status).toBe(200);
    expect(body.syncs.map((sync: { product: string }) => sync.product)).toEqual([product]);
  });

  it('is acknowledged at once when it is not waited for', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const { status, body } = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`);
    expect([status, body.state]).toEqual([202, 'running']);
    await eventually(async () =>
      (await syncsOf(ids.account)).some(({ triggers }) => triggers.includes('manual')),
    );
  });
});

describe('a log-in that must be repeated', () => {
  it('pauses the account, and the new log-in resumes it', async () => {
    const { accounts, customer, connectionId } = await link(freshet, bank, { accounts: 1 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await bank.control('POST', `/customers/${customer.customer.id}/login`, {
      state: 'required',
      webhooks: 'withhold',
    });
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20 });
    await untilStatus(freshet, ids.account, 'paused');
    const { body } = await freshet.call('GET', `/v1/accounts/${ids.account}`);
    expect(body.pause_reason).toBe('reauth_required');
    const connection = await freshet.call('GET', `/v1/connections/${connectionId}`);
    expect(connection.body.status).toBe('reauth_required');

    await bank.control('POST', `/accounts/${ids.bank}/transactions`, {
      amount: '4.20',
      webhooks: 'withhold',
    });
    await bank.control('POST', `/customers/${customer.customer.id}/login`, { state: 'ok' });
    await untilStatus(freshet, ids.account, 'active');
    await expectTruth(freshet.db, bank, ids);
  });
});

describe('unlinking', () => {
  it('withdraws the consent, ends the workflow and keeps the data', async () => {
    const { accounts, connectionId } = await link(freshet, bank, { accounts: 1, transactions: 4 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    const asked = await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    expect((await whenDone(freshet, asked)).status).toBe('unlinked');
    const handle = freshet.temporal.workflow.getHandle(`account-sync:${ids.account}`);
    await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
    const page = await freshet.call('GET', `/v1/accounts/${ids.account}/transactions`);
    expect(page.body.data).toHaveLength(4);
    const refused = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`);
    expect([refused.status, refused.body.code]).toEqual([409, 'account_unlinked']);
    const row = await freshet.db
      .selectFrom('connections')
      .where('id', '=', connectionId)
      .select('credentials')
      .executeTakeFirstOrThrow();
    expect(row.credentials).toBeNull();
    expect((await freshet.call('DELETE', `/v1/connections/${connectionId}`)).status).toBe(200);
  });
});

// Bodies are encrypted; the key of a webhook without an id is their hash.
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
