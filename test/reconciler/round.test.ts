import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reconcile, type ReconcileOptions } from '../../activities/reconciler/reconcile.ts';
import { repairs } from '../../activities/reconciler/repairs/index.ts';
import type { AccountToRun } from '../../db/accounts/account-to-run.ts';
import { nextSlice } from '../../db/accounts/next-slice.ts';
import { countAccounts } from '../../db/accounts/count-accounts.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';
import { noContext, storageRig, type StorageRig } from '../support/storage-rig.ts';
import { storeAccount } from '../support/store.ts';
import { storeWebhook } from '../support/store-webhook.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

/** Accounts of other tests are nobody's business here. */
beforeEach(async () => {
  await rig.db.deleteFrom('webhook_effects').execute();
  await rig.db.deleteFrom('events').execute();
  await rig.db.deleteFrom('accounts').execute();
});

interface RepairCounts {
  readonly repaired: number;
  readonly failed: number;
}

/** One round, and what its metrics were told. */
async function round(
  workflows: Partial<AccountWorkflows> = {},
  options: Partial<ReconcileOptions> = {},
) {
  const counted: Record<string, RepairCounts> = {};
  let ended = 0;
  const result = await reconcile(
    {
      ...rig.deps,
      accountWorkflows: { ...rig.deps.accountWorkflows, ...workflows },
      metrics: {
        ...rig.deps.metrics,
        repairEnded: (repair, counts) => {
          counted[repair] = counts;
        },
        roundEnded: () => {
          ended += 1;
        },
      },
    },
    noContext,
    options,
  );
  return { result, counted, ended };
}

const only = (...names: string[]): Pick<ReconcileOptions, 'repairs'> => ({
  repairs: Object.fromEntries(Object.entries(repairs).filter(([name]) => names.includes(name))),
});

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

async function accounts(count: number, values: object): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await storeAccount(rig.db));
  await rig.db
    .updateTable('accounts')
    .set({ status: 'active', ...values })
    .where('id', 'in', ids)
    .execute();
  return ids;
}

const setAccount = (id: string | undefined, values: object) =>
  rig.db
    .updateTable('accounts')
    .set(values)
    .where('id', '=', id ?? '')
    .execute();
const setEffect = (id: string | undefined, values: object) =>
  rig.db
    .updateTable('webhook_effects')
    .set(values)
    .where('account_id', '=', id ?? '')
    .execute();

const sorted = (ids: readonly string[]): string[] => [...ids].sort();

describe('a round of the reconciler', () => {
  it('goes on after a repair that fails, one that never ends, and one that takes too long', async () => {
    const never = new Promise<number>(() => undefined);
    const { result, counted, ended } = await round(
      {},
      {
        budgetMs: 50,
        graceMs: 50,
        repairs: {
          broken: () => Promise.reject(new Error('broken')),
          endless: () => never,
          slow: (_, { each }) =>
            each(Array.from({ length: 10_000 }), () => new Promise((go) => setTimeout(go, 5))),
          partly: (_, { each }) =>
            each([1, 2, 3], (one) => (one === 2 ? Promise.reject(new Error('two')) : done)),
          half: async (_, { each }) => {
            await each([1, 2], () => Promise.resolve());
            throw new Error('in the middle');
          },
          sound: () => Promise.resolve(4),
        },
      },
    );
    const { slow, ...others } = counted;
    expect(others).toEqual({
      broken: { repaired: 0, failed: 1 },
      endless: { repaired: 0, failed: 1 },
      partly: { repaired: 2, failed: 1 },
      half: { repaired: 2, failed: 1 },
      sound: { repaired: 4, failed: 0 },
    });
    expect(slow?.failed).toBe(1);
    expect(slow?.repaired).toBeGreaterThan(0);
    expect(slow?.repaired).toBeLessThan(10_000);
    expect([result.failed, result.repaired['sound'], ended]).toEqual([5, 4, 1]);
  });

  it('works out the slice of the accounts once, and has ten calls under way at the most', async () => {
    await accounts(30, {});
    const seen: unknown[] = [];
    let running = 0;
    let most = 0;
    const look: ReconcileOptions['repairs'][string] = async (_, one) => {
      const slice = await one.accounts();
      seen.push(slice);
      return await one.each(slice, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((go) => setTimeout(go, 1));
        running -= 1;
      });
    };
    const { counted } = await round({}, { repairs: { one: look, other: look } });
    expect(seen[0]).toBe(seen[1]);
    expect([counted['one'], counted['other'], most]).toEqual([
      { repaired: 30, failed: 0 },
      { repaired: 30, failed: 0 },
      10,
    ]);
  });

  it('looks at every account within sixty rounds, also where there are many', async () => {
    const ids = await accounts(700, {});
    const slices = await Promise.all([0, 1, 2].map(() => nextSlice(rig.db)));
    expect(sorted(slices.flat().map(({ id }) => id))).toEqual(sorted(ids));
    for (const slice of slices) expect(slice.length).toBeLessThan(400);
  });
});

const done = Promise.resolve(true);

describe('accounts that are late', () => {
  const late = only('late_accounts_woken');

  it('are told once, then others are, and those that cannot be told come last', async () => {
    const ids = await accounts(1_200, { next_sync_at: minutesAgo(5) });
    const stuck = new Set(ids.slice(0, 1_000));
    const told: string[] = [];
    const settingsChanged = ({ id }: AccountToRun): Promise<void> => {
      if (stuck.has(id)) return Promise.reject(new Error('stuck'));
      told.push(id);
      return Promise.resolve();
    };
    const failures: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      failures.push((await round({ settingsChanged }, late)).result.failed);
    }
    // Whatever the order of the first round: the second begins with those that it did not reach.
    expect(sorted(told)).toEqual(sorted(ids.slice(1_000)));
    expect(failures.every((count) => count >= 800)).toBe(true);
    stuck.clear();
    await round({ settingsChanged }, late);
    expect(sorted(told)).toEqual(sorted(ids));
    const { result } = await round({ settingsChanged }, late);
    expect(result).toEqual({ repaired: {}, failed: 0 });
  });

  it('are told again when they are late again, or still are after ten minutes', async () => {
    const [again, still, told] = await accounts(3, {
      next_sync_at: minutesAgo(5),
      nudged_at: minutesAgo(4),
    });
    await setAccount(again, { next_sync_at: minutesAgo(3) });
    await setAccount(still, { next_sync_at: minutesAgo(30), nudged_at: minutesAgo(11) });
    const woken: string[] = [];
    await round(
      {
        settingsChanged: async ({ id }) => {
          woken.push(id);
        },
      },
      late,
    );
    expect(sorted(woken)).toEqual(sorted([again ?? '', still ?? '']));
    expect(woken).not.toContain(told);
  });
});

/** A webhook about the balance of each account. */
async function storeWebhooks(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { provider_account_id: providerAccountId } = await rig.db
      .selectFrom('accounts')
      .where('id', '=', id)
      .select('provider_account_id')
      .executeTakeFirstOrThrow();
    await storeWebhook(rig.db, {
      provider: 'okra',
      dedupeKey: randomUUID(),
      type: 'A_TEST',
      occurredAt: null,
      providerConnectionId: null,
      providerAccountId,
      products: ['balance'],
    });
  }
}

describe('webhooks that wait', () => {
  it('are signalled once, again when that was to no effect, and no more once they took effect', async () => {
    const ids = await accounts(4, {});
    await storeWebhooks(ids);
    const [applied, paused, off, waiting] = ids;
    const signalled: string[] = [];
    const webhooksStored = async (id: string): Promise<void> => {
      signalled.push(id);
    };
    const repair = only('webhooks_signalled');
    await setAccount(off, { products: ['transaction'] });
    await round({ webhooksStored }, repair);
    expect(sorted(signalled)).toEqual(sorted(ids.filter((id) => id !== off)));
    await setEffect(applied, { applied_at: new Date() });
    await setAccount(paused, { status: 'paused', pause_reason: 'user' });
    for (const id of ids) await setEffect(id, { signalled_at: minutesAgo(6) });
    signalled.length = 0;
    await round({ webhooksStored }, repair);
    expect(signalled).toEqual([waiting]);
    const { webhooksWaiting } = await countAccounts(rig.db);
    expect(webhooksWaiting).toBe(1);
  });

  it('are all signalled in one round, the oldest first, however many they are', async () => {
    const ids = await accounts(1_005, {});
    await storeWebhooks(ids);
    const signalled: string[] = [];
    const webhooksStored = async (id: string): Promise<void> => {
      signalled.push(id);
    };
    await round({ webhooksStored }, only('webhooks_signalled'));
    expect(signalled).toEqual(ids);
  }, 60_000);

  it('are not held up by older ones that cannot be signalled', async () => {
    const ids = await accounts(1_005, {});
    await storeWebhooks(ids);
    const stuck = new Set(ids.slice(0, 1_000));
    const signalled: string[] = [];
    const webhooksStored = (id: string): Promise<void> => {
      if (stuck.has(id)) return Promise.reject(new Error('stuck'));
      signalled.push(id);
      return Promise.resolve();
    };
    const repair = only('webhooks_signalled');
    expect((await round({ webhooksStored }, repair)).result.failed).toBe(1_000);
    expect(signalled).toEqual([]);
    await round({ webhooksStored }, repair);
    expect(sorted(signalled)).toEqual(sorted(ids.slice(1_000)));
    stuck.clear();
    await round({ webhooksStored }, repair);
    expect(sorted(signalled)).toEqual(sorted(ids));
    expect((await round({ webhooksStored }, repair)).result.repaired).toEqual({});
  }, 60_000);
});

describe('unlinked accounts', () => {
  it('are told to end, paused or not, until there is no workflow', async () => {
    const ids = await accounts(2, { status: 'unlinked', unlinked_at: minutesAgo(1) });
    let isRunning = true;
    const told: string[] = [];
    const unlinked = (id: string): Promise<boolean> => {
      told.push(id);
      return Promise.resolve(isRunning);
    };
    const repair = only('orphans_stopped');
    expect((await round({ unlinked }, repair)).result.repaired).toEqual({ orphans_stopped: 2 });
    expect((await round({ unlinked }, repair)).result.repaired).toEqual({});
    await rig.db
      .updateTable('accounts')
      .set({ nudged_at: minutesAgo(1) })
      .where('id', 'in', ids)
      .execute();
    isRunning = false;
    await round({ unlinked }, repair);
    expect(sorted(told)).toEqual(sorted([...ids, ...ids]));
    await rig.db.updateTable('accounts').set({ nudged_at: null }).where('id', 'in', ids).execute();
    await round({ unlinked }, repair);
    expect(told).toHaveLength(4);
  });
});
