import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, whenDone } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

const accountOf = async (id: string) => (await freshet.call('GET', `/v1/accounts/${id}`)).body;
const handleOf = (id: string) => freshet.temporal.workflow.getHandle(`account-sync:${id}`);
const login = (customer: string, state: string, webhooks = 'withhold') =>
  bank.control('POST', `/customers/${customer}/login`, { state, webhooks });
const syncsOf = async (id: string) =>
  (await freshet.call('GET', `/v1/accounts/${id}/syncs?limit=500`)).body.data as {
    product: string;
    status: string;
    triggers: string[];
  }[];

async function linked(wanted: { accounts?: unknown; transactions?: number } = { accounts: 1 }) {
  const made = await link(freshet, bank, wanted);
  for (const { account } of made.accounts) await untilStatus(freshet, account, 'active');
  return { ...made, ids: made.accounts[0], customerId: made.customer.customer.id };
}

describe('a pause ends by its own cause only (invariant 9)', () => {
  it('reauth_required: by POST …/reauthorized, not by start', async () => {
    const { ids, customerId, connectionId } = await linked();
    await login(customerId, 'required');
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20 });
    await untilStatus(freshet, ids.account, 'paused');
    const refused = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`);
    expect([refused.status, refused.body.code]).toEqual([409, 'reauth_required']);

    const started = await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
    expect([started.body.status, started.body.pause_reason]).toEqual(['paused', 'reauth_required']);
    await login(customerId, 'ok');
    await freshet.call('POST', `/v1/connections/${connectionId}/reauthorized`);
    await untilStatus(freshet, ids.account, 'active');
  });

  it('reauth_required: by linking again', async () => {
    const { ids, customerId, connectionId, customer } = await linked();
    await login(customerId, 'required');
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20 });
    await untilStatus(freshet, ids.account, 'paused');
    await login(customerId, 'ok');
    const added = await bank.control('POST', `/customers/${customerId}/accounts`, { accounts: 1 });
    const again = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: customerId, bank: customer.bank.id },
    });
    const body = await whenDone(freshet, again);
    expect([body.id, body.status]).toEqual([connectionId, 'active']);
    expect(
      body.accounts.map((one: { provider_account_id: string }) => one.provider_account_id),
    ).toContain(added.accounts[0].id);
    for (const { id } of body.accounts) await untilStatus(freshet, id, 'active');
  });

  it('provider_error: by start, once the bank gives access again', async () => {
    const { ids, customerId } = await linked({ accounts: 2 });
    await login(customerId, 'revoked');
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20 });
    await untilStatus(freshet, ids.account, 'paused');
    expect((await accountOf(ids.account)).pause_reason).toBe('provider_error');
    await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
    await eventually(async () => {
      const failed = (await syncsOf(ids.account)).filter(({ status }) => status === 'failed');
      return failed.length === 4;
    });
    await untilStatus(freshet, ids.account, 'paused');
    await login(customerId, 'ok');
    await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
    await untilStatus(freshet, ids.account, 'active');
  });

  it('user: a new log-in does not resume what the operator paused', async () => {
    const { ids, customerId } = await linked();
    await freshet.call('POST', `/v1/accounts/${ids.account}/pause`);
    await login(customerId, 'required', 'send');
    await login(customerId, 'ok', 'send');
    await eventually(async () => {
      const rows = await freshet.db
        .selectFrom('webhook_effects')
        .where('account_id', '=', ids.account)
        .where('product', '=', 'connection')
        .where('applied_at', 'is not', null)
        .select('webhook_id')
        .execute();
      return rows.length === 2;
    });
    const { status, pause_reason: reason } = await accountOf(ids.account);
    expect([status, reason]).toEqual(['paused', 'user']);
  });
});

describe('a late webhook about the log-in', () => {
  it('does not undo a newer one', async () => {
    const { ids, customerId } = await linked();
    await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
    try {
      await login(customerId, 'required', 'send');
    } finally {
      await bank.control('PUT', '/webhooks/delivery', { mode: 'normal' });
    }
    await login(customerId, 'ok', 'send');
    const applied = (n: number) => async () => {
      const rows = await freshet.db
        .selectFrom('webhook_effects')
        .where('account_id', '=', ids.account)
        .where('applied_at', 'is not', null)
        .select('webhook_id')
        .execute();
      return rows.length === n;
    };
    await eventually(applied(1));
    await bank.control('POST', '/webhooks/release', { order: 'fifo' });
    await eventually(applied(2));
    expect((await accountOf(ids.account)).status).toBe('active');
  });
});

describe('while the bank refuses to be read', () => {
  it('a complete webhook is stored all the same, and Retry-After is kept', async () => {
    const { ids } = await linked();
    const heal = await bank.fault({
      endpoint: 'balance/refresh',
      kind: '429',
      retry_after_s: 600,
      account: ids.bank,
    });
    const { body } = await freshet.call('POST', '/v1/balance/refresh', {
      account_id: ids.account,
      wait: 20,
    });
    expect(body.syncs[0]).toMatchObject({ outcome: 'failed', error_code: 'rate_limited' });
    await untilStatus(freshet, ids.account, 'failing');
    await bank.forgetCalls();
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '31.41' });
    await expectTruth(freshet.db, bank, ids);
    expect(await bank.calls()).toEqual({});
    const next = Date.parse((await accountOf(ids.account)).next_sync_at);
    expect(next - Date.now()).toBeGreaterThan(8 * 60_000);

    // Who asks again is told at once, not kept waiting.
    const again = await freshet.call('POST', '/v1/balance/refresh', {
      account_id: ids.account,
      wait: 60,
    });
    expect(again.body.syncs[0]).toMatchObject({ outcome: 'failed', error_code: 'rate_limited' });
    await heal();
  });

  it('an outage shows as failing, and a refresh after it makes good', async () => {
    const { ids } = await linked();
    const heal = await bank.fault({ endpoint: '*', kind: '500', account: ids.bank });
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 60 });
    await untilStatus(freshet, ids.account, 'failing');
    expect((await accountOf(ids.account)).balance.error_code).toBe('http_500');
    await heal();
    await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 30 });
    await untilStatus(freshet, ids.account, 'active');
    expect((await accountOf(ids.account)).balance.error_code).toBeNull();
  }, 90_000);
});

describe('a refresh that is waited for', () => {
  it('is let go when its product is switched off', async () => {
    const { ids } = await linked();
    const heal = await bank.fault({
      endpoint: 'balance/refresh',
      kind: 'latency',
      latency_ms: 1_500,
      account: ids.bank,
    });
    const refresh = () =>
      freshet.call('POST', '/v1/balance/refresh', { account_id: ids.account, wait: 30 });
    const first = refresh();
    await eventually(async () => {
      const state = await handleOf(ids.account).query<{ syncing: string[] }>('state');
      return state.syncing.includes('balance');
    });
    const second = refresh();
    await eventually(async () => {
      const state = await handleOf(ids.account).query<{
        products: { balance: { due: string[] } };
      }>('state');
      return state.products.balance.due.includes('manual');
    });
    await freshet.call('PATCH', `/v1/accounts/${ids.account}/settings`, {
      products: ['transaction'],
    });
    expect((await first).body.syncs[0].outcome).toBe('succeeded');
    expect((await second).body.syncs[0]).toMatchObject({
      outcome: 'paused',
      error_code: 'product_off',
    });
    await heal();
  });

  it('shares one sync with all who ask meanwhile (invariant 3)', async () => {
    const { ids } = await linked();
    const heal = await bank.fault({
      endpoint: 'balance/refresh',
      kind: 'latency',
      latency_ms: 1_000,
      account: ids.bank,
    });
    const ask = () =>
      freshet.call('POST', '/v1/balance/refresh', { account_id: ids.account, wait: 30 });
    const first = ask();
    await eventually(async () => {
      const state = await handleOf(ids.account).query<{ syncing: string[] }>('state');
      return state.syncing.includes('balance');
    });
    await Promise.all([first, ...Array.from({ length: 8 }, ask)]);
    await heal();
    const manual = (await syncsOf(ids.account)).filter(({ triggers }) =>
      triggers.includes('manual'),
    );
    expect(manual).toHaveLength(2);
  });
});

describe('an unlink', () => {
  it('ends a workflow that was started after it', async () => {
    const { ids, connectionId } = await linked();
    const input = await handleOf(ids.account).query<{ settings: object }>('state');
    await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    await eventually(
      async () => (await handleOf(ids.account).describe()).status.name === 'COMPLETED',
    );
    await freshet.temporal.workflow.start('accountSync', {
      workflowId: `account-sync:${ids.account}`,
      taskQueue: 'freshet',
      args: [
        {
          accountId: ids.account,
          provider: 'okra',
          settings: input.settings,
          known: {
            scanned: [],
            consent: { status: 'active', version: 1 },
            providerError: false,
          },
        },
      ],
    });
    await eventually(
      async () => (await handleOf(ids.account).describe()).status.name === 'COMPLETED',
    );
  });
});

describe('a workflow that is gone', () => {
  it('is started again by the next webhook, in the state that it had', async () => {
    const { ids } = await linked();
    await handleOf(ids.account).terminate('a test');
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '8.80' });
    await expectTruth(freshet.db, bank, ids);
    await untilStatus(freshet, ids.account, 'active');
  });

  it('gets what was signalled to it and not applied, also while paused', async () => {
    const { ids, customerId } = await linked();
    await login(customerId, 'required', 'send');
    await untilStatus(freshet, ids.account, 'paused');
    await handleOf(ids.account).terminate('a test');
    await login(customerId, 'ok', 'send');
    await untilStatus(freshet, ids.account, 'active');
  });
});
