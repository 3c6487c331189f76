import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextSlot } from '../../workflows/schedule.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { ApiAnswer, Freshet } from '../support/start-freshet.ts';

const MINUTE_MS = 1_500;
/** More than there may be updates of a workflow at a time. */
const ASKING = 15;

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ intervals: { one_minute: MINUTE_MS } }));
});
afterAll(() => close());

/** An account that is refreshed daily, while a sync that was asked for runs. */
async function whileSyncing(latencyMs: number) {
  const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 3 }, true);
  const [{ account, bank: bankId }] = accounts;
  await untilStatus(freshet, account, 'active');
  const fault = { endpoint: 'balance/refresh', kind: 'latency', account: bankId };
  const heal = await bank.fault({ ...fault, latency_ms: latencyMs });
  const path = `/v1/accounts/${account}`;
  await freshet.call('POST', `${path}/refresh`);
  const state = () =>
    freshet.temporal.workflow
      .getHandle(`account-sync:${account}`)
      .query<{ syncing: string[]; nextSyncAt: string }>('state');
  const isSyncing = async () => (await state()).syncing.includes('balance');
  await eventually(isSyncing, { everyMs: 10 });
  return { account, path, heal, isSyncing };
}

const syncsOf = (account: string, trigger: string) =>
  freshet.db
    .selectFrom('sync_runs')
    .where('account_id', '=', account)
    .where(sql<boolean>`triggers = array[${trigger}]`)
    .orderBy('id')
    .select(['product', 'status', 'attempts'])
    .execute();

describe('a change of the settings while a sync runs', () => {
  it('from daily to every minute restarts nothing, and the next slot is one of the new interval', async () => {
    const { account, path, heal, isSyncing } = await whileSyncing(2_000);
    const patched = await freshet.call('PATCH', `${path}/settings`, { interval: 'one_minute' });
    expect(await isSyncing()).toBe(true);
    expect(patched.body.settings).toMatchObject({
      effective_interval: 'one_minute',
      confirmed: true,
    });
    const next = Date.parse(patched.body.next_sync_at);
    expect(next).toBe(nextSlot(account, MINUTE_MS, next - 1));
    expect(next - Date.now()).toBeLessThanOrEqual(MINUTE_MS);
    await heal();
    await eventually(async () => (await syncsOf(account, 'schedule')).length >= 4);
    const asked = await syncsOf(account, 'manual');
    expect(asked).toHaveLength(2);
    for (const sync of asked) expect(sync).toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  it('is confirmed at once, however many wait for that sync', async () => {
    const { path, heal, isSyncing } = await whileSyncing(10_000);
    await heal();
    const answers: ApiAnswer[] = [];
    const waiting = Promise.all(
      Array.from({ length: ASKING }, async () => {
        answers.push(await freshet.call('POST', `${path}/refresh`, { wait: 60 }));
      }),
    );
    // Some are answered at once, as so many wait already.
    await eventually(() => answers.length > 0);
    const patch = () => freshet.call('PATCH', `${path}/settings`, { interval: 'six_hours' });
    await eventually(async () => (await patch()).body.settings.confirmed === true);
    expect([await isSyncing(), answers.length < ASKING]).toEqual([true, true]);
    await waiting;
    const done = answers.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThan(1);
    for (const { body } of done) {
      expect(body.syncs).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'succeeded' }]);
    }
    const others = answers.filter((answer) => !done.includes(answer));
    expect(others.map(({ status, body }) => [status, body.state])).toEqual(
      others.map(() => [202, 'running']),
    );
  }, 60_000);
});
