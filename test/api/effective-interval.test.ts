import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correctIntervals } from '../../activities/reconciler/repairs/correct-intervals.ts';
import type { Capabilities } from '../../providers/provider.ts';
import { accountsOfRound } from '../../db/accounts/accounts-of-round.ts';
import { createProviderRegistry, type ProviderRegistry } from '../../providers/registry.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { limitedProviders } from '../support/limited-providers.ts';

const MINUTE = 60_000;

const limited = (interval: string, effective: string, by: string | null) => ({
  settings: { interval, effective_interval: effective, limited_by: by, confirmed: true },
});

describe('where a provider allows 48 calls a day for each account', () => {
  let bank: TestBank;
  let freshet: Freshet;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ freshet, bank, close } = await startFreshetWithBank({ limits: { callsPerDay: 48 } }));
  });
  afterAll(() => close());

  it('an account is refreshed as often as that, and says what limits it', async () => {
    const { accounts, connectionId } = await link(
      freshet,
      bank,
      { accounts: 1 },
      { interval: 'one_minute' },
    );
    const { account } = accounts[0];
    await untilStatus(freshet, account, 'active');
    const path = `/v1/accounts/${account}`;
    const runs = () =>
      freshet.temporal.workflow.getHandle(`account-sync:${account}`).query('state');

    const hourly = limited('one_minute', 'one_hour', 'provider_calls_per_day');
    expect((await freshet.call('GET', path)).body).toMatchObject(hourly);
    const list = await freshet.call('GET', `/v1/accounts?connection_id=${connectionId}`);
    expect(list.body.data).toMatchObject([hourly]);
    expect(await runs()).toMatchObject({
      settings: { effectiveInterval: 'one_hour', intervalMs: 60 * MINUTE },
    });

    const patch = (change: object) => freshet.call('PATCH', `${path}/settings`, change);
    expect((await patch({ products: ['balance'] })).body).toMatchObject(
      limited('one_minute', 'thirty_minute', 'provider_calls_per_day'),
    );
    expect(await runs()).toMatchObject({ settings: { intervalMs: 30 * MINUTE } });
    expect((await patch({ interval: 'six_hours' })).body).toMatchObject(
      limited('six_hours', 'six_hours', null),
    );
    expect((await patch({ interval: null })).body.settings).toMatchObject({
      interval: null,
      effective_interval: null,
      limited_by: null,
    });
    const both = { interval: 'five_minute', products: ['balance', 'transactions'] };
    expect((await patch(both)).body).toMatchObject(
      limited('five_minute', 'one_hour', 'provider_calls_per_day'),
    );
    for (const verb of ['pause', 'start']) {
      expect((await freshet.call('POST', `${path}/${verb}`)).body).toMatchObject(
        limited('five_minute', 'one_hour', 'provider_calls_per_day'),
      );
    }
    await eventually(async () => (await freshet.call('GET', path)).body.next_sync_at !== null);
  });
});

describe('when the limits of a provider change', () => {
  let rig: StorageRig;
  beforeAll(async () => {
    rig = await storageRig();
  });
  afterAll(() => rig.close());

  const repair = (providers: ProviderRegistry) =>
    correctIntervals(
      { ...rig.deps, providers },
      {
        accounts: () => accountsOfRound(rig.db, 0),
        async each(items, work) {
          for (const item of items) await work(item);
          return items.length;
        },
      },
    );

  it('a round of repair gives its accounts their new interval, once, in a new version', async () => {
    const [one] = await rig.link({ accounts: 1 });
    const id = one?.account ?? '';
    const row = () =>
      rig.db
        .selectFrom('accounts')
        .where('id', '=', id)
        .select(['effective_interval', 'limited_by', 'settings_version'])
        .executeTakeFirstOrThrow();
    const okra = createProviderRegistry([rig.provider]);
    const allowing = (limits: Partial<Capabilities>) => repair(limitedProviders(okra, limits));

    // It has no interval.
    expect(await allowing({ callsPerDay: 1 })).toBe(0);
    await rig.db
      .updateTable('accounts')
      .set({ refresh_interval: 'one_minute', effective_interval: 'one_minute' })
      .where('id', '=', id)
      .execute();
    expect(await allowing({})).toBe(0);
    expect(await repair(createProviderRegistry([]))).toBe(0);
    expect(await allowing({ smallestIntervalMs: 5 * MINUTE })).toBe(1);
    expect(await row()).toEqual({
      effective_interval: 'five_minute',
      limited_by: 'provider_smallest_interval',
      settings_version: 2,
    });
    expect(await allowing({ smallestIntervalMs: 5 * MINUTE })).toBe(0);
    // The same interval, for another reason.
    expect(await allowing({ smallestIntervalMs: null, callsPerDay: 2 * 288 })).toBe(1);
    expect((await row()).limited_by).toBe('provider_calls_per_day');
    // A provider that is not configured is asked for nothing.
    expect(await repair(createProviderRegistry([]))).toBe(0);
    expect(await allowing({})).toBe(1);
    expect(await row()).toEqual({
      effective_interval: 'one_minute',
      limited_by: null,
      settings_version: 4,
    });
  });
});
