import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcile } from '../../activities/reconciler/reconcile.ts';
import { repairs } from '../../activities/reconciler/repairs/index.ts';
import type { WebhookBodies } from '../../config/webhook-bodies.ts';
import { uuid7 } from '../../db/uuid7.ts';
import { noContext, storageRig, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';
import { balanceTold, cameEarlier, deliver, lifeOf, linkedOne, setAccount } from './inbox.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(() => rig.close());

async function round(bodies: WebhookBodies): Promise<number> {
  const webhooks = { retentionDays: 30, bodies };
  const repair = repairs['webhook_bodies_redacted'];
  const { repaired, failed } = await reconcile({ ...rig.deps, webhooks }, noContext, {
    repairs: repair ? { repair } : {},
  });
  expect(failed).toBe(0);
  return repaired['repair'] ?? 0;
}

async function anApplied(): Promise<string> {
  const ids = await linkedOne(rig);
  const id = await deliver(rig, await balanceTold(rig, ids, '1.00'));
  await syncNow(rig, ids.account, 'balance', { triggers: ['webhook'] });
  await cameEarlier(rig.db, id, '2 minutes');
  return id;
}

const bodyOf = async (id: string) => (await lifeOf(rig, id, '?include=body')).body;

describe('the bodies of webhooks', () => {
  it.each(['encrypted', 'plain'] as const)('are left where they are kept %s', async (bodies) => {
    const id = await anApplied();
    expect(await round(bodies)).toBe(0);
    expect((await bodyOf(id)).content).toContain('BALANCE_SUCCESS');
  });

  it('are taken out where they are redacted, once nothing of them waits', async () => {
    await round('redacted');
    const applied = await anApplied();
    const idle = await deliver(rig, JSON.stringify({ callback_code: 'IDENTITY_IS_READY' }));
    await cameEarlier(rig.db, idle, '2 minutes');
    const ids = await linkedOne(rig);
    const waiting = await deliver(rig, await balanceTold(rig, ids, '1.00'));
    await cameEarlier(rig.db, waiting, '2 days');

    expect(await round('redacted')).toBe(2);
    for (const id of [applied, idle]) {
      expect(await bodyOf(id)).toEqual({ content: null, encoding: null, missing: 'redacted' });
      expect((await lifeOf(rig, id)).redacted_at).toMatch(/Z$/);
    }
    expect((await bodyOf(waiting)).missing).toBeNull();
    expect(await round('redacted')).toBe(0);

    await setAccount(rig.db, ids.account, { products: ['transaction'] });
    expect(await round('redacted')).toBe(1);
    expect((await bodyOf(waiting)).missing).toBe('redacted');
  });

  it('are left for a minute, also after a replay', async () => {
    const id = await anApplied();
    await rig.db
      .updateTable('inbound_webhooks')
      .set({ received_at: new Date() })
      .where('id', '=', id)
      .execute();
    expect(await round('redacted')).toBe(0);
    await cameEarlier(rig.db, id, '2 minutes');
    await rig.post(`/v1/webhooks/${id}/replay`);
    await rig.db
      .updateTable('webhook_effects')
      .set({ applied_at: new Date() })
      .where('webhook_id', '=', id)
      .execute();
    expect(await round('redacted')).toBe(0);
    await cameEarlier(rig.db, id, '2 minutes');
    expect(await round('redacted')).toBe(1);
  });

  it('without a time, when they come again, are looked at again as they are', async () => {
    const ids = await linkedOne(rig);
    const [customerId, bankId] = [ids.customer.customer.id, ids.customer.bank.id];
    const body = JSON.stringify({ callback_code: 'AUTH_EXPIRED', customerId, bankId });
    const id = await deliver(rig, body);
    await rig.db.updateTable('webhook_effects').set({ applied_at: new Date() }).execute();
    await cameEarlier(rig.db, id, '2 minutes');
    await round('redacted');
    const again = await deliver(rig, body);
    expect(again).not.toBe(id);
    expect((await lifeOf(rig, again)).effects).toMatchObject([
      { account_id: ids.account, product: 'connection', state: 'waiting' },
    ]);
  });

  it('of refused ones that were kept by another setting go too', async () => {
    await round('redacted');
    const refused = {
      id: uuid7(),
      provider: 'okra',
      reason: 'not_verified' as const,
      header_names: [],
      body: Buffer.from('forged'),
      body_bytes: 6,
    };
    await rig.db.insertInto('rejected_webhooks').values(refused).execute();
    expect(await round('encrypted')).toBe(0);
    expect(await round('redacted')).toBe(1);
    const row = await rig.db
      .selectFrom('rejected_webhooks')
      .where('id', '=', refused.id)
      .select('body')
      .executeTakeFirstOrThrow();
    expect(row.body).toBeNull();
  });
});
