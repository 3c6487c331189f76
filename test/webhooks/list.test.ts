import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_STATES } from '../../db/webhooks/webhook-state.ts';
import { storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';
import {
  balanceTold,
  cameEarlier,
  deliver,
  lifeOf,
  linkedOne,
  setAccount,
  setEffects,
} from './inbox.ts';

let rig: StorageRig;
let ids: RigAccount;
let ended: RigAccount;
/** One of each state. */
const made: Record<string, string> = {};
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  ids = await linkedOne(rig);
  ended = await linkedOne(rig);
  made['applied'] = await deliver(rig, await balanceTold(rig, ids, '1.00'));
  await syncNow(rig, ids.account, 'balance', { triggers: ['webhook'] });
  made['dropped'] = await deliver(rig, await balanceTold(rig, ended, '2.00'));
  await setAccount(rig.db, ended.account, { unlinked_at: new Date() });
  made['signalled'] = await deliver(rig, await balanceTold(rig, ids, '3.00'));
  await setEffects(rig.db, made['signalled'], { signalled_at: new Date() });
  made['waiting'] = await deliver(rig, await balanceTold(rig, ids, '4.00'));
  made['unmatched'] = await deliver(
    rig,
    JSON.stringify({
      callback_code: 'PERIODIC_TRANSACTIONS',
      record: 'f'.repeat(24),
      customerId: 'e'.repeat(24),
      bankId: 'd'.repeat(24),
    }),
  );
  made['no_effect'] = await deliver(rig, JSON.stringify({ callback_code: 'IDENTITY_IS_READY' }));
  made['unreadable'] = await deliver(rig, 'hello');
});
afterAll(() => rig.close());

const list = (query: string) => rig.get(`/v1/webhooks?${query}`);
const idsOf = async (query: string): Promise<string[]> =>
  (await list(query)).body.data.map(({ id }: { id: string }) => id);

describe('GET /v1/webhooks', () => {
  it('lists what came, newest first, each with its state', async () => {
    const { status, body } = await list('');
    expect(status).toBe(200);
    expect(body.data.map(({ state, id }: { state: string; id: string }) => [state, id])).toEqual(
      ['unreadable', 'no_effect', 'unmatched', 'waiting', 'signalled', 'dropped', 'applied'].map(
        (state) => [state, made[state]],
      ),
    );
    expect(body.data.at(-1)).toEqual({
      id: made['applied'],
      provider: 'okra',
      type: 'BALANCE_SUCCESS',
      state: 'applied',
      understood: true,
      provider_connection_id: expect.any(String),
      provider_account_id: ids.bank,
      occurred_at: expect.stringMatching(/Z$/),
      received_at: expect.stringMatching(/Z$/),
      bytes: expect.any(Number),
      replays: 0,
      replayed_at: null,
      redacted_at: null,
      account_ids: [ids.account],
    });
  });

  it.each(WEBHOOK_STATES)('finds those that are %s', async (state) => {
    expect(await idsOf(`state=${state}`)).toEqual([made[state]]);
    expect((await lifeOf(rig, made[state] ?? '')).state).toBe(state);
  });

  it('a webhook with effects in several states is in the one that needs looking at', async () => {
    const customer = await rig.link({ accounts: 2 });
    const [first, second] = customer;
    const id = await deliver(
      rig,
      JSON.stringify({
        callback_code: 'PERIODIC_TRANSACTIONS',
        record: 'f'.repeat(24),
        customerId: first?.customer.customer.id,
        bankId: first?.customer.bank.id,
        ended_at: new Date(),
      }),
    );
    const stateIs = async () => (await lifeOf(rig, id)).state;
    await setEffects(rig.db, id, { signalled_at: new Date() });
    await setAccount(rig.db, first?.account ?? '', { products: ['balance'] });
    expect(await stateIs()).toBe('signalled');
    await setAccount(rig.db, second?.account ?? '', { products: ['balance'] });
    expect(await stateIs()).toBe('dropped');
    await rig.db
      .updateTable('webhook_effects')
      .set({ applied_at: new Date() })
      .where('account_id', '=', first?.account ?? '')
      .execute();
    expect(await stateIs()).toBe('applied');
    await rig.db.deleteFrom('inbound_webhooks').where('id', '=', id).execute();
  });

  it('filters by provider, type, account, time and whether it was understood', async () => {
    expect(await idsOf('type=IDENTITY_IS_READY')).toEqual([made['no_effect']]);
    expect(await idsOf('provider=plaid')).toEqual([]);
    expect(await idsOf('provider=okra&understood=false')).toEqual([made['unreadable']]);
    expect(await idsOf(`account_id=${ended.account}`)).toEqual([made['dropped']]);
    expect(await idsOf(`account_id=${ids.account}&type=BALANCE_SUCCESS&state=applied`)).toEqual([
      made['applied'],
    ]);
    const { received_at: at } = await lifeOf(rig, made['unmatched'] ?? '');
    await cameEarlier(rig.db, made['applied'] ?? '', '2 days');
    const hour = (hours: number) => new Date(Date.parse(at) + hours * 3_600_000).toISOString();
    expect(await idsOf(`received_to=${hour(-24)}`)).toEqual([made['applied']]);
    expect(await idsOf(`received_from=${hour(-72)}&received_to=${hour(-24)}`)).toEqual([
      made['applied'],
    ]);
    expect(await idsOf(`received_from=${hour(1)}`)).toEqual([]);
  });

  it('comes in pages, whose cursor belongs to its filters', async () => {
    const all = await idsOf('');
    const found: string[] = [];
    let cursor = '';
    do {
      const { body } = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    } while (cursor);
    expect(found).toEqual(all);
    const { body } = await list('limit=1');
    const wrong = await list(`limit=1&type=X&cursor=${body.next_cursor}`);
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'cursor']);
  });

  it.each([
    ['state=lost', 400, 'state'],
    ['understood=maybe', 400, 'understood'],
    ['account_id=1', 400, 'account_id'],
    ['account_id=01990000-0000-7000-8000-000000000000', 404, undefined],
    ['received_from=yesterday', 400, 'received_from'],
    ['received_from=0000-01-01T00:00:00Z', 400, 'received_from'],
    ['received_from=2026-02-01T00:00:00Z&received_to=2026-01-01T00:00:00Z', 400, 'received_to'],
    ['received_from=2026-02-01T00:00:00Z&received_to=2026-02-01T00:00:00Z', 400, 'received_to'],
    ['colour=blue', 400, 'colour'],
    ['type=%00', 400, 'type'],
  ])('refuses %s', async (query, status, field) => {
    const answer = await list(query);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
  });

  it('is for those with a key', async () => {
    expect((await rig.app.request('/v1/webhooks')).status).toBe(401);
    expect((await rig.app.request('/v1/webhooks/replay', { method: 'POST' })).status).toBe(401);
  });
});
