import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { runChain } from '../support/run-chain.ts';

const CYCLES = 1_000;

it('runs an account through a thousand refreshes, in short runs, and loses nothing on the way', async () => {
  const { freshet, bank, close } = await startFreshetWithBank({ intervals: { one_minute: 20 } });
  try {
    await bank.control('PUT', '/settings', { processing_ms: 0 });
    const linked = await link(
      freshet,
      bank,
      { accounts: 1, transactions: 2 },
      { interval: 'one_minute', products: ['balance'] },
    );
    const [ids] = linked.accounts;
    const workflowId = `account-sync:${ids.account}`;
    const handle = freshet.temporal.workflow.getHandle(workflowId);

    const scheduled = async (): Promise<number> => {
      const { count } = await freshet.db
        .selectFrom('sync_runs')
        .where('account_id', '=', ids.account)
        .where('product', '=', 'balance')
        .where('status', '=', 'succeeded')
        .where(sql<boolean>`triggers = '{schedule}'`)
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    };
    await eventually(async () => (await scheduled()) >= CYCLES, {
      timeoutMs: 240_000,
      everyMs: 500,
      describe: `${CYCLES} refreshes`,
    });

    const { status, memo, typedSearchAttributes } = await handle.describe();
    expect(status.name).toBe('RUNNING');
    expect(memo).toEqual({ connectionId: linked.connectionId });
    expect(
      Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])),
    ).toMatchObject({
      FreshetProvider: 'okra',
      FreshetStatus: 'active',
      FreshetInterval: 'one_minute',
      FreshetLastErrorType: 'none',
    });
    const runs = await runChain(freshet.temporal, workflowId);
    // 60 syncs a run.
    expect(runs.length).toBeGreaterThan(CYCLES / 70);
    for (const { history } of runs) {
      expect(history.events?.length).toBeLessThan(1_000);
      expect(failuresIn(history.events)).toEqual([]);
    }

    await freshet.call('PATCH', `/v1/accounts/${ids.account}/settings`, {
      products: ['balance', 'transaction'],
    });
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-7.77' });
    await expectTruth(freshet.db, bank, ids);
    await freshet.call('POST', `/v1/accounts/${ids.account}/pause`);
    await untilStatus(freshet, ids.account, 'paused');
  } finally {
    await close();
  }
}, 280_000);

function failuresIn(events: readonly object[] | null | undefined): object[] {
  return (events ?? []).filter((event) =>
    [
      'workflowTaskFailedEventAttributes',
      'activityTaskFailedEventAttributes',
      'activityTaskTimedOutEventAttributes',
    ].some((name) => Reflect.get(event, name)),
  );
}
