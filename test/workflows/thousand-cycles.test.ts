import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { runChain } from '../support/run-chain.ts';
import { storyOf } from '../support/trigger-story.ts';

const CYCLES = 1_000;
/** As in workflows/account-sync.ts: the most syncs that a run begins, where it is never quiet. */
const MOST_SYNCS_PER_RUN = 300;
const MOST_EVENTS_PER_SYNC = 16;

it('runs an account through a thousand refreshes, in short runs, and loses nothing on the way', async () => {
  const { freshet, bank, close } = await startFreshetWithBank({
    intervals: { one_minute: 45 },
    pace: { syncsPerRun: 20 },
    // Little room, so that what is garbage is collected and what grows is seen.
    workerEnv: { NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=4' },
  });
  try {
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
    const reaches = (count: number) =>
      eventually(async () => (await scheduled()) >= count, {
        timeoutMs: 290_000,
        everyMs: 500,
        describe: `${count} refreshes`,
      });
    await reaches(CYCLES / 2);
    const memory = await residentMb(freshet.worker().pid);
    await reaches(CYCLES);
    // Another 25 runs: none of them stays in memory.
    expect((await residentMb(freshet.worker().pid)) - memory).toBeLessThan(30);

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
    expect(runs.length).toBeGreaterThan(CYCLES / (MOST_SYNCS_PER_RUN + 1));
    for (const { history } of runs) {
      expect(history.events?.length).toBeLessThan(MOST_SYNCS_PER_RUN * MOST_EVENTS_PER_SYNC);
      expect(failuresIn(history.events)).toEqual([]);
    }

    await freshet.call('PATCH', `/v1/accounts/${ids.account}/settings`, {
      products: ['balance', 'transaction'],
    });
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-7.77' });
    await expectTruth(freshet.db, bank, ids);
    await freshet.call('POST', `/v1/accounts/${ids.account}/pause`);
    await untilStatus(freshet, ids.account, 'paused');
    // Every sync that any run has begun ended well, and there are no others.
    await eventually(
      async () => (await handle.query<{ syncing: unknown[] }>('state')).syncing.length === 0,
    );
    const syncs = storyOf(await runChain(freshet.temporal, workflowId)).filter(
      ({ what, product }) => what === 'sync' && product === 'balance',
    );
    const ended = await freshet.db
      .selectFrom('sync_runs')
      .where('account_id', '=', ids.account)
      .where('product', '=', 'balance')
      .select('status')
      .execute();
    expect(ended.filter((run) => run.status !== 'succeeded')).toEqual([]);
    expect(ended).toHaveLength(syncs.length);
  } finally {
    await close();
  }
}, 600_000);

/** What a process has in memory. */
async function residentMb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

function failuresIn(events: readonly object[] | null | undefined): object[] {
  return (events ?? []).filter((event) =>
    [
      'workflowTaskFailedEventAttributes',
      'activityTaskFailedEventAttributes',
      'activityTaskTimedOutEventAttributes',
    ].some((name) => Reflect.get(event, name)),
  );
}
