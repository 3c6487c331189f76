import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { storeSync } from '../support/store.ts';
import { storeWebhook } from '../support/store-webhook.ts';
import { syncNow } from '../support/sync-now.ts';
import { balanceTold, deliver, lifeOf, linkedOne, setAccount, setEffects } from './inbox.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(() => rig.close());

const WAITING = { signalled_at: null };
const ACTIVE = { status: 'active' };

describe('GET /v1/webhooks/:id', () => {
  it('tells the whole life of one, from its arrival to the sync that applied it', async () => {
    const ids = await linkedOne(rig);
    const body = await balanceTold(rig, ids, '12.34');
    const id = await deliver(rig, body);
    const before = await lifeOf(rig, id);
    expect(before).toEqual({
      id,
      provider: 'okra',
      type: 'BALANCE_SUCCESS',
      state: 'waiting',
      understood: true,
      provider_connection_id: expect.any(String),
      provider_account_id: ids.bank,
      occurred_at: JSON.parse(body).ended_at,
      received_at: expect.stringMatching(/Z$/),
      bytes: Buffer.byteLength(body),
      replays: 0,
      replayed_at: null,
      redacted_at: null,
      verified: true,
      dedupe_key: expect.stringMatching(/^BALANCE_SUCCESS:/),
      outcome: 'accepted',
      effects: [
        {
          account_id: ids.account,
          product: 'balance',
          state: 'waiting',
          why_not_yet: 'not_signalled',
          tried_at: null,
          signalled_at: null,
          applied_at: null,
          sync: null,
        },
      ],
    });
    await syncNow(rig, ids.account, 'balance', { triggers: ['webhook'] });
    const after = await lifeOf(rig, id);
    expect(after.state).toBe('applied');
    expect(after.effects).toMatchObject([
      {
        state: 'applied',
        why_not_yet: null,
        applied_at: expect.stringMatching(/Z$/),
        sync: { id: expect.any(String), status: 'succeeded', error_code: null },
      },
    ]);
    const { body: syncs } = await rig.get(`/v1/accounts/${ids.account}/syncs`);
    expect(syncs.data[0].id).toBe(after.effects[0].sync.id);
  });

  describe('says why it has not taken effect', () => {
    const signalled = { signalled_at: new Date() };
    it.each([
      ['not_signalled', WAITING, ACTIVE],
      ['signal_failed', { tried_at: new Date() }, ACTIVE],
      ['sync_to_come', signalled, ACTIVE],
      ['account_paused', signalled, { status: 'paused', pause_reason: 'user' }],
      [
        'waiting_for_reauthorization',
        signalled,
        { status: 'paused', pause_reason: 'reauth_required' },
      ],
      ['provider_error', signalled, { status: 'paused', pause_reason: 'provider_error' }],
      ['product_not_kept', signalled, { products: ['transaction'] }],
      ['account_unlinked', WAITING, { unlinked_at: new Date() }],
    ])('%s', async (why, effect, account) => {
      const ids = await linkedOne(rig);
      const id = await deliver(rig, await balanceTold(rig, ids, '5.00'));
      await setEffects(rig.db, id, effect);
      await setAccount(rig.db, ids.account, account);
      const { effects } = await lifeOf(rig, id);
      expect(effects).toMatchObject([{ why_not_yet: why, applied_at: null, sync: null }]);
    });

    it.each([
      ['sync_under_way', 'running', { status: 'running', finished_at: null }],
      ['sync_failed', 'failed', { status: 'failed', error_code: 'bank_down' }],
      ['sync_to_come', undefined, { status: 'failed', finished_at: new Date(0) }],
      ['sync_to_come', undefined, { status: 'succeeded' }],
    ] as const)('%s, and how the sync stands', async (why, shown, run) => {
      const ids = await linkedOne(rig);
      const id = await deliver(rig, await balanceTold(rig, ids, '5.00'));
      await setEffects(rig.db, id, signalled);
      const sync = await storeSync(rig.db, ids.account, { product: 'balance', ...run });
      await storeSync(rig.db, ids.account, { product: 'transaction' });
      const { effects } = await lifeOf(rig, id);
      expect(effects[0].why_not_yet).toBe(why);
      expect([effects[0].sync?.id, effects[0].sync?.status]).toEqual([shown && sync, shown]);
    });

    it('a product that was not kept when it came: it is dropped, and applied once it is kept', async () => {
      const ids = await linkedOne(rig);
      await setAccount(rig.db, ids.account, { products: ['transaction'] });
      const id = await deliver(rig, await balanceTold(rig, ids, '5.00'));
      expect(await lifeOf(rig, id)).toMatchObject({
        state: 'dropped',
        outcome: 'accepted',
        effects: [{ product: 'balance', state: 'dropped', why_not_yet: 'product_not_kept' }],
      });
      const listed = await rig.get(`/v1/webhooks?account_id=${ids.account}&state=dropped`);
      expect(listed.body.data.map((one: { id: string }) => one.id)).toEqual([id]);
      await setAccount(rig.db, ids.account, { products: ['balance', 'transaction'] });
      await syncNow(rig, ids.account, 'balance', { triggers: ['link'] });
      expect((await lifeOf(rig, id)).state).toBe('applied');
    });

    it('a pause holds up nothing that is about the consent', async () => {
      const ids = await linkedOne(rig);
      const { customer, bank } = ids.customer;
      const event = { callback_code: 'AUTH_EXPIRED', customerId: customer.id, bankId: bank.id };
      const id = await deliver(rig, JSON.stringify(event));
      await setAccount(rig.db, ids.account, { status: 'paused', pause_reason: 'user' });
      const { effects } = await lifeOf(rig, id);
      expect(effects).toMatchObject([{ product: 'connection', why_not_yet: 'not_signalled' }]);
    });
  });

  it('is 404 where there is none, 400 where it is no id', async () => {
    const none = '01990000-0000-7000-8000-000000000000';
    expect((await rig.get(`/v1/webhooks/${none}`)).status).toBe(404);
    expect((await rig.get(`/v1/webhooks/${none}?include=body`)).status).toBe(404);
    expect((await rig.get('/v1/webhooks/first')).status).toBe(400);
    expect((await rig.get(`/v1/webhooks/${none}?include=secrets`)).status).toBe(400);
  });
});

const bodyOf = async (id: string) => (await lifeOf(rig, id, '?include=body')).body;

describe('GET /v1/webhooks/:id?include=body', () => {
  it('shows the body as it came, and only when asked', async () => {
    const body = JSON.stringify({ callback_code: 'IDENTITY_IS_READY', name: 'Ọlá\u0000 Ò' });
    const id = await deliver(rig, body);
    expect(await lifeOf(rig, id)).not.toHaveProperty('body');
    expect(await bodyOf(id)).toEqual({ content: body, encoding: 'utf-8', missing: null });
  });

  it('in base64 where it is no text', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    const { id } = await storeWebhook(rig.db, { ...nobodys('base64'), body: bytes });
    const content = bytes.toString('base64');
    expect(await bodyOf(id ?? '')).toEqual({ content, encoding: 'base64', missing: null });
  });

  it.each([
    ['redacted', { body: null, redacted_at: new Date() }],
    ['key_missing', { body: Buffer.from('sealed by another'), body_sealed: true }],
  ])('says that it is %s', async (missing, values) => {
    const { id } = await storeWebhook(rig.db, nobodys(missing));
    await rig.db
      .updateTable('inbound_webhooks')
      .set(values)
      .where('id', '=', id ?? '')
      .execute();
    expect(await bodyOf(id ?? '')).toEqual({ content: null, encoding: null, missing });
  });
});

const nobodys = (dedupeKey: string) => ({
  provider: 'okra',
  dedupeKey,
  type: 'ANY',
  occurredAt: null,
  providerConnectionId: null,
  providerAccountId: null,
  products: [],
});
