import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConsent } from '../../activities/consents/read-consent.ts';
import { storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { storeWebhook } from '../support/store-webhook.ts';
import { syncNow } from '../support/sync-now.ts';
import { balanceTold, deliver, lifeOf, linkedOne, setAccount, setEffects, told } from './inbox.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.dispatched.length = 0;
});

const replay = (id: string, headers?: Record<string, string>) =>
  rig.post(`/v1/webhooks/${id}/replay`, undefined, headers);
const applyTo = (ids: RigAccount, product: 'balance' | 'transaction') =>
  syncNow(rig, ids.account, product, { triggers: ['webhook'] });

const balanceOf = async ({ account }: RigAccount) =>
  (await rig.get(`/v1/accounts/${account}/balance`)).body;
const accountOf = async ({ account }: RigAccount) =>
  await rig.db
    .selectFrom('accounts')
    .where('id', '=', account)
    .selectAll()
    .executeTakeFirstOrThrow();
const connectionOf = async ({ connectionId }: RigAccount) =>
  await rig.db
    .selectFrom('connections')
    .where('id', '=', connectionId)
    .selectAll()
    .executeTakeFirstOrThrow();

async function redact(id: string): Promise<void> {
  await rig.db
    .updateTable('inbound_webhooks')
    .set({ body: null, body_sealed: false, redacted_at: new Date() })
    .where('id', '=', id)
    .execute();
}

async function login(ids: RigAccount, state: string): Promise<string> {
  const path = `/customers/${ids.customer.customer.id}/login`;
  return await told(rig, 'POST', path, { state, webhooks: 'send' });
}

describe('POST /v1/webhooks/:id/replay', () => {
  it('has it take effect again, and tells the workflow', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '10.00'));
    await applyTo(ids, 'balance');
    await rig.db.deleteFrom('balances').where('account_id', '=', ids.account).execute();
    rig.dispatched.length = 0;
    const { status, body } = await replay(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      state: 'waiting',
      replays: 1,
      replayed_at: expect.stringMatching(/Z$/),
      effects: [{ state: 'waiting', applied_at: null, signalled_at: null, sync: null }],
    });
    const signal = { accountId: ids.account, product: 'balance', webhookId: id };
    expect(rig.dispatched).toEqual([signal]);
    await applyTo(ids, 'balance');
    expect((await balanceOf(ids)).current).toBe('10.00');
    expect((await lifeOf(rig, id)).state).toBe('applied');
  });

  it('tells the workflow again of one that waits already', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '10.00'));
    await setEffects(rig.db, id, { signalled_at: new Date(), tried_at: new Date() });
    rig.dispatched.length = 0;
    expect((await replay(id)).body).toMatchObject({
      state: 'waiting',
      effects: [{ why_not_yet: 'not_signalled' }],
    });
    expect(rig.dispatched).toMatchObject([{ webhookId: id }]);
  });

  it('once for each Idempotency-Key', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '10.00'));
    const key = { 'Idempotency-Key': `replay-${id}` };
    const first = await replay(id, key);
    const second = await replay(id, key);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await lifeOf(rig, id)).replays).toBe(1);
    await replay(id);
    expect((await lifeOf(rig, id)).replays).toBe(2);
  });

  it('finds the account that was linked only after it came', async () => {
    const customer = await rig.bank.createCustomer({ accounts: 1, transactions: 2 });
    const event = {
      callback_code: 'PERIODIC_TRANSACTIONS',
      customerId: customer.customer.id,
      bankId: customer.bank.id,
      ended_at: new Date(),
    };
    const id = await deliver(rig, JSON.stringify(event));
    expect((await lifeOf(rig, id)).state).toBe('unmatched');
    expect((await replay(id)).body).toMatchObject({ state: 'unmatched', replays: 1, effects: [] });
    const link = { customer: customer.customer.id, bank: customer.bank.id };
    const { body: connection } = await rig.post('/v1/connections', { provider: 'okra', link });
    const account_id = connection.accounts[0].id;
    expect((await replay(id)).body).toMatchObject({
      outcome: 'accepted',
      state: 'waiting',
      effects: [{ account_id, product: 'transaction' }],
    });
  });

  it('reads anew what an older version could not read', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '21.00'));
    await rig.db.deleteFrom('webhook_effects').where('webhook_id', '=', id).execute();
    await rig.db
      .updateTable('inbound_webhooks')
      .set({
        outcome: 'unreadable',
        type: 'unreadable',
        understood: false,
        occurred_at: null,
        provider_connection_id: null,
        provider_account_id: null,
      })
      .where('id', '=', id)
      .execute();
    expect((await replay(id)).body).toMatchObject({
      type: 'BALANCE_SUCCESS',
      outcome: 'accepted',
      understood: true,
      provider_account_id: ids.bank,
    });
    await applyTo(ids, 'balance');
    expect((await balanceOf(ids)).current).toBe('21.00');
  });

  it('leaves out what can take effect no more', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '10.00'));
    await applyTo(ids, 'balance');
    await setAccount(rig.db, ids.account, { unlinked_at: new Date() });
    rig.dispatched.length = 0;
    expect((await replay(id)).body).toMatchObject({ state: 'applied', replays: 1 });
    expect(rig.dispatched).toEqual([]);
  });

  it('changes nothing where there is none, or its id is none', async () => {
    const none = '01990000-0000-7000-8000-000000000000';
    expect((await replay(none)).status).toBe(404);
    expect((await replay('first')).status).toBe(400);
  });
});

describe('what is replayed overwrites nothing newer', () => {
  it('an old balance', async () => {
    const ids = await linkedOne(rig);
    const old = await deliver(rig, await balanceTold(rig, ids, '1.00'));
    await applyTo(ids, 'balance');
    await deliver(rig, await balanceTold(rig, ids, '2.00'));
    await applyTo(ids, 'balance');
    const before = await balanceOf(ids);
    await replay(old);
    await applyTo(ids, 'balance');
    expect((await lifeOf(rig, old)).state).toBe('applied');
    const { last_synced_at: _, ...after } = await balanceOf(ids);
    expect(before).toMatchObject({ ...after, current: '2.00' });
  });

  it('an old removal, of what has come back since', async () => {
    const ids = await linkedOne(rig);
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const [one] = (await rig.bank.truth(ids.bank)).transactions;
    const removal = (ended_at?: Date) =>
      deliver(
        rig,
        JSON.stringify({
          callback_code: 'TRANSACTIONS_DELETED',
          customerId: ids.customer.customer.id,
          bankId: ids.customer.bank.id,
          account: { accountId: ids.bank },
          removed_transactions: [one?.id],
          ended_at,
        }),
      );
    const isThere = async () => {
      const { body } = await rig.get(`/v1/accounts/${ids.account}/transactions`);
      const { data } = body as { data: { provider_transaction_id: string }[] };
      return data.some((row) => row.provider_transaction_id === one?.id);
    };
    for (const endedAt of [new Date(), undefined]) {
      const old = await removal(endedAt);
      await applyTo(ids, 'transaction');
      expect(await isThere()).toBe(false);
      await syncNow(rig, ids.account, 'transaction', { full: true });
      expect(await isThere()).toBe(true);
      await replay(old);
      await applyTo(ids, 'transaction');
      expect([(await lifeOf(rig, old)).state, await isThere()]).toEqual(['applied', true]);
    }
  });

  it('an old AUTH_EXPIRED, or AUTH_SUCCESS', async () => {
    const ids = await linkedOne(rig);
    const expired = await deliver(rig, await login(ids, 'required'));
    await readConsent(rig.deps, ids.account);
    expect((await connectionOf(ids)).status).toBe('reauth_required');
    const renewed = await deliver(rig, await login(ids, 'ok'));
    await readConsent(rig.deps, ids.account);
    expect((await connectionOf(ids)).status).toBe('active');
    await replay(expired);
    expect((await lifeOf(rig, expired)).state).toBe('waiting');
    await readConsent(rig.deps, ids.account);
    expect((await lifeOf(rig, expired)).state).toBe('applied');
    expect((await connectionOf(ids)).status).toBe('active');

    await deliver(rig, await login(ids, 'required'));
    await readConsent(rig.deps, ids.account);
    await replay(renewed);
    await readConsent(rig.deps, ids.account);
    expect((await connectionOf(ids)).status).toBe('reauth_required');
  });

  it('nor does it make an account look as if the bank had just been heard of', async () => {
    const ids = await linkedOne(rig);
    const old = await deliver(rig, await balanceTold(rig, ids, '1.00'));
    await applyTo(ids, 'balance');
    const long = new Date(Date.now() - 5 * 86_400_000);
    await setAccount(rig.db, ids.account, {
      refresh_interval: 'daily',
      effective_interval: 'daily',
      balance_synced_at: long,
      stale_since: long,
    });
    await rig.db
      .updateTable('inbound_webhooks')
      .set({ received_at: long })
      .where('id', '=', old)
      .execute();
    await replay(old);
    await applyTo(ids, 'balance');
    expect((await lifeOf(rig, old)).state).toBe('applied');
    const { balance_synced_at: syncedAt, stale_since: stale } = await accountOf(ids);
    expect([syncedAt, stale]).toEqual([long, long]);
  });
});

describe('a webhook whose body is gone', () => {
  it('has all of the product read', async () => {
    const ids = await linkedOne(rig, 4);
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const path = `/accounts/${ids.bank}/transactions`;
    const body = await told(rig, 'POST', path, { amount: '-1.00' });
    const id = await deliver(rig, body);
    await applyTo(ids, 'transaction');
    await redact(id);
    // What a narrower read would not find.
    await rig.db.deleteFrom('transactions').where('account_id', '=', ids.account).execute();
    const { status, body: life } = await replay(id);
    expect([status, life.state]).toEqual([200, 'waiting']);
    await applyTo(ids, 'transaction');
    const { transactions } = await rig.bank.truth(ids.bank);
    const kept = await rig.get(`/v1/accounts/${ids.account}/transactions`);
    expect(kept.body.data).toHaveLength(transactions.length);
    expect((await lifeOf(rig, id)).state).toBe('applied');
  });

  it('cannot be replayed where it told of the consent, or had no effect', async () => {
    const ids = await linkedOne(rig);
    const consent = await deliver(rig, await login(ids, 'required'));
    await readConsent(rig.deps, ids.account);
    const idle = await deliver(rig, JSON.stringify({ callback_code: 'IDENTITY_IS_READY', n: 1 }));
    for (const id of [consent, idle]) {
      await redact(id);
      const { status, body } = await replay(id);
      expect([status, body.code]).toEqual([409, 'webhook_body_missing']);
      expect((await lifeOf(rig, id)).replays).toBe(0);
    }
  });
});

const replayAll = (body: object, headers?: Record<string, string>) =>
  rig.post('/v1/webhooks/replay', body, headers);

describe('POST /v1/webhooks/replay', () => {
  it('replays those of a filter, the oldest first, some at a time', async () => {
    const ids = await linkedOne(rig);
    const made: string[] = [];
    for (const ledger of ['1.00', '2.00', '3.00', '4.00', '5.00']) {
      made.push(await deliver(rig, await balanceTold(rig, ids, ledger)));
    }
    await redact(made[1] ?? '');
    const gone = await deliver(rig, await login(ids, 'ok'));
    await redact(gone);
    await applyTo(ids, 'balance');
    await readConsent(rig.deps, ids.account);
    rig.dispatched.length = 0;

    const filter = { account_id: ids.account, limit: 4 };
    const first = await replayAll(filter);
    expect(first.body).toEqual({ replayed: 4, skipped: 0, next_cursor: expect.any(String) });
    const rest = await replayAll({ ...filter, cursor: first.body.next_cursor });
    expect(rest.body).toEqual({ replayed: 1, skipped: 1, next_cursor: null });
    expect(rig.dispatched.map(({ webhookId }) => webhookId)).toEqual(made);
    await applyTo(ids, 'balance');
    expect((await balanceOf(ids)).current).toBe('5.00');

    const other = await replayAll({ ...filter, type: 'X', cursor: first.body.next_cursor });
    expect([other.status, other.body.errors[0].field]).toEqual([400, 'cursor']);
  });

  it('goes on though what it replays leaves the state that it asks for', async () => {
    const ids = await linkedOne(rig);
    for (const ledger of ['1.00', '2.00', '3.00']) {
      await deliver(rig, await balanceTold(rig, ids, ledger));
    }
    await applyTo(ids, 'balance');
    const filter = { account_id: ids.account, state: 'applied', limit: 2 };
    const first = await replayAll(filter);
    expect(first.body.replayed).toBe(2);
    const { body } = await replayAll({ ...filter, cursor: first.body.next_cursor });
    expect(body).toEqual({ replayed: 1, skipped: 0, next_cursor: null });
    const { body: left } = await rig.get(`/v1/webhooks?account_id=${ids.account}&state=applied`);
    expect(left.data).toEqual([]);
  });

  it('is done once for each Idempotency-Key', async () => {
    const ids = await linkedOne(rig);
    const id = await deliver(rig, await balanceTold(rig, ids, '1.00'));
    const key = { 'Idempotency-Key': `all-${id}` };
    await replayAll({ account_id: ids.account }, key);
    const again = await replayAll({ account_id: ids.account }, key);
    expect(again.body).toEqual({ replayed: 1, skipped: 0, next_cursor: null });
    expect((await lifeOf(rig, id)).replays).toBe(1);
  });

  it.each([
    [{}, 'body'],
    [{ limit: 10 }, 'body'],
    [{ provider: 'okra', limit: 501 }, 'limit'],
    [{ provider: 'okra', limit: 0 }, 'limit'],
    [{ state: 'lost' }, 'state'],
    [{ understood: 'false' }, 'understood'],
    [{ received_from: '2026-02-01T00:00:00Z', received_to: '2026-01-01T00:00:00Z' }, 'received_to'],
    [{ colour: 'blue' }, 'colour'],
  ])('refuses %j', async (body, field) => {
    const answer = await replayAll(body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
  });
});

it('a replay and one that comes again at the same time leave it waiting', async () => {
  const ids = await linkedOne(rig);
  const event = {
    callback_code: 'PERIODIC_TRANSACTIONS',
    customerId: ids.customer.customer.id,
    bankId: ids.customer.bank.id,
  };
  const body = JSON.stringify(event);
  const id = await deliver(rig, body);
  for (let round = 0; round < 10; round += 1) {
    await setEffects(rig.db, id, { applied_at: new Date() });
    const [first, second, status] = await Promise.all([replay(id), replay(id), rig.deliver(body)]);
    expect([first.status, second.status, status]).toEqual([200, 200, 200]);
    expect((await lifeOf(rig, id)).state).toBe('waiting');
  }
  expect((await lifeOf(rig, id)).replays).toBe(20);
});

it('a consent of which the accounts are looked for is looked at again', async () => {
  const customer = await rig.bank.createCustomer({ accounts: 1 });
  const ids = await linkedOne(rig);
  const { provider_connection_id: providerConnectionId } = await connectionOf(ids);
  await rig.db.deleteFrom('accounts').where('id', '=', ids.account).execute();
  await rig.db
    .updateTable('connections')
    .set({ status: 'linking', accounts_checked_at: null })
    .where('id', '=', ids.connectionId)
    .execute();
  const { consent_version: before } = await connectionOf(ids);
  const [customerId, bankId] = [ids.customer.customer.id, ids.customer.bank.id];
  const { id } = await storeWebhook(rig.db, {
    provider: 'okra',
    dedupeKey: `expired ${customer.customer.id}`,
    type: 'AUTH_EXPIRED',
    occurredAt: null,
    providerConnectionId,
    providerAccountId: null,
    products: ['connection'],
    body: Buffer.from(JSON.stringify({ callback_code: 'AUTH_EXPIRED', customerId, bankId })),
  });
  expect((await connectionOf(ids)).consent_version).toBe(before + 1);
  expect((await replay(id ?? '')).body).toMatchObject({ outcome: 'accepted', state: 'applied' });
  expect((await connectionOf(ids)).consent_version).toBe(before + 2);
});
