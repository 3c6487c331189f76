import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcile } from '../../activities/reconciler/reconcile.ts';
import { repairs } from '../../activities/reconciler/repairs/index.ts';
import { uuid7 } from '../../db/uuid7.ts';
import { noContext, storageRig, type StorageRig } from '../support/storage-rig.ts';
import { storeAccount } from '../support/store.ts';
import { cameEarlier, balanceTold, deliver, linkedOne, setAccount, setEffects } from './inbox.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(() => rig.close());

async function round(
  retentionDays: number,
  limits: { readonly budgetMs?: number } = {},
  failures = 0,
): Promise<Readonly<Record<string, number>>> {
  const { webhooks_deleted, rejected_webhooks_deleted } = repairs;
  const webhooks = { retentionDays, bodies: 'encrypted' } as const;
  const { repaired, failed } = await reconcile({ ...rig.deps, webhooks }, noContext, {
    ...limits,
    repairs: Object.fromEntries(
      Object.entries({ webhooks_deleted, rejected_webhooks_deleted }).filter(
        (entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined,
      ),
    ),
  });
  expect(failed).toBe(failures);
  return repaired;
}

const isThere = async (id: string): Promise<boolean> =>
  (await rig.get(`/v1/webhooks/${id}`)).status === 200;

/** A balance webhook of an account of its own, which came so long ago. */
async function old(days: number) {
  const ids = await linkedOne(rig);
  const id = await deliver(rig, await balanceTold(rig, ids, '1.00'));
  await cameEarlier(rig.db, id, `${days} days`);
  return { ids, id };
}

const rejected = (days: number) => ({
  id: uuid7(),
  provider: 'okra',
  reason: 'not_verified' as const,
  header_names: [],
  body_bytes: 0,
  received_at: new Date(Date.now() - days * 86_400_000),
});

describe('webhooks are kept for as many days as the setting says', () => {
  it('and then deleted, with what is noted of their effects', async () => {
    const [before, after] = [await old(8), await old(6)];
    for (const { id } of [before, after]) await setEffects(rig.db, id, { applied_at: new Date() });
    const idle = await deliver(rig, JSON.stringify({ callback_code: 'IDENTITY_IS_READY' }));
    await cameEarlier(rig.db, idle, '8 days');
    expect(await round(7)).toEqual({ webhooks_deleted: 2 });
    expect(await Promise.all([before.id, after.id, idle].map(isThere))).toEqual([
      false,
      true,
      false,
    ]);
    expect(await round(7)).toEqual({});
  });

  it('but never while something of them may still take effect', async () => {
    const waiting = await old(100);
    expect(await round(7)).toEqual({});
    await setEffects(rig.db, waiting.id, { signalled_at: new Date() });
    expect(await round(7)).toEqual({});
    await setAccount(rig.db, waiting.ids.account, { status: 'paused', pause_reason: 'user' });
    expect(await round(7)).toEqual({});
    await setAccount(rig.db, waiting.ids.account, { products: ['transaction'] });
    expect(await round(7)).toEqual({ webhooks_deleted: 1 });

    const unlinked = await old(100);
    await setAccount(rig.db, unlinked.ids.account, { unlinked_at: new Date() });
    expect(await round(7)).toEqual({ webhooks_deleted: 1 });
  });

  it('nor within a minute of a replay', async () => {
    const { id } = await old(8);
    expect((await rig.post(`/v1/webhooks/${id}/replay`)).status).toBe(200);
    await setEffects(rig.db, id, { applied_at: new Date() });
    expect(await round(7)).toEqual({});
    await cameEarlier(rig.db, id, '2 minutes');
    expect(await round(7)).toEqual({ webhooks_deleted: 1 });
  });

  it('many of them in batches, and what there is no time for is noted and left', async () => {
    const account = await storeAccount(rig.db);
    const long = new Date(Date.now() - 50 * 86_400_000);
    const rows = Array.from({ length: 10_500 }, () => ({ id: uuid7() }));
    for (let start = 0; start < rows.length; start += 3_500) {
      const some = rows.slice(start, start + 3_500);
      await rig.db
        .insertInto('inbound_webhooks')
        .values(
          some.map(({ id }) => ({
            id,
            provider: 'okra',
            dedupe_key: id,
            type: 'MANY',
            received_at: long,
            body_bytes: 0,
            outcome: 'accepted' as const,
          })),
        )
        .execute();
    }
    const [first] = rows;
    await rig.db
      .insertInto('webhook_effects')
      .values({ webhook_id: first?.id ?? '', account_id: account, product: 'balance' })
      .execute();
    const { webhooks_deleted: some = 0, ...others } = await round(30, { budgetMs: 1 }, 1);
    expect([some % 1_000, some < 10_499, others]).toEqual([0, true, {}]);
    expect(await round(30)).toEqual({ webhooks_deleted: 10_499 - some });
    expect(await isThere(first?.id ?? '')).toBe(true);
  });

  it('and so is the sample of those that were refused', async () => {
    const [before, after] = [rejected(8), rejected(6)];
    await rig.db.insertInto('rejected_webhooks').values([before, after]).execute();
    expect(await round(7)).toEqual({ rejected_webhooks_deleted: 1 });
    const kept = await rig.db.selectFrom('rejected_webhooks').select('id').execute();
    expect(kept).toEqual([{ id: after.id }]);
  });
});
