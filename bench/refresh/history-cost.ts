import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { runChain, type RecordedRun } from '../../test/support/run-chain.ts';
import { accountSyncId } from '../../workflows/messages.ts';
import { linkBenchAccounts, type LinkedAccount } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { countActions, isRefresh } from './count-actions.ts';

/** What one scheduled refresh of both products costs, continue-as-new in it. */
export interface RefreshCost {
  readonly refreshes: number;
  readonly runs: number;
  readonly events: number;
  readonly actions: number;
  readonly workflowTasks: number;
  readonly stateTransitions: number;
  readonly historyBytes: number;
  /** The share of the refreshes in which something had changed. */
  readonly changed: number;
}

/** Long beside a refresh, short beside the patience of who runs this. */
const INTERVAL = 300;
const CHANGE_EVERY_MS = 90;

/**
 * Lets two accounts refresh with the real activities until each has `runs` whole runs behind it (the
 * first one, which starts by reading everything, is not counted). At the bank of one nothing happens;
 * the other has another transaction in every refresh, of which no webhook tells.
 */
export async function measureRefreshCost(
  stack: BenchStack,
  runs: number,
): Promise<{ readonly unchanged: RefreshCost; readonly changed: RefreshCost }> {
  const [still, busy] = await linkBenchAccounts(stack, ['one_minute', 'one_minute'], 20);
  if (!still || !busy) throw new Error('no accounts');
  const workflows = createAccountWorkflows(stack.temporal, {
    taskQueue: 'freshet',
    intervals: { ...INTERVAL_MS, one_minute: INTERVAL },
    pace: PACE,
  });
  await workflows.start(still.account);
  await workflows.start(busy.account);

  const done = new AbortController();
  const changing = change(stack, busy, done.signal);
  const unchanged = await costOf(stack, still, runs);
  const changed = await costOf(stack, busy, runs);
  done.abort();
  await changing;
  await workflows.unlinked(still.account.id);
  await workflows.unlinked(busy.account.id);
  return { unchanged, changed };
}

async function change(stack: BenchStack, account: LinkedAccount, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    const path = `/accounts/${account.bankAccountId}/transactions`;
    await stack.bank('POST', path, { amount: '-1.00', webhooks: 'withhold' });
    await sleep(CHANGE_EVERY_MS);
  }
}

async function costOf(
  stack: BenchStack,
  { account }: LinkedAccount,
  wanted: number,
): Promise<RefreshCost> {
  const workflowId = accountSyncId(account.id);
  const closed = await closedRuns(stack.temporal, workflowId, wanted + 1);
  const counted = await Promise.all(
    closed.slice(1).map((run) => countRun(stack.temporal, workflowId, run)),
  );
  const sum = (of: (run: (typeof counted)[number]) => number): number =>
    counted.reduce((total, run) => total + of(run), 0);
  const refreshes = sum((run) => run.refreshes);
  const { changed } = await stack.db
    .selectFrom('sync_runs')
    .where('account_id', '=', account.id)
    .where('product', '=', 'transaction')
    .where(sql<boolean>`triggers = '{schedule}'`)
    .select((eb) =>
      eb
        .fn<string>('avg', [
          eb
            .case()
            .when(eb(eb('added', '+', eb.ref('changed')), '>', 0))
            .then(1)
            .else(0)
            .end(),
        ])
        .as('changed'),
    )
    .executeTakeFirstOrThrow();
  return {
    refreshes,
    runs: counted.length,
    events: sum((run) => run.events) / refreshes,
    actions: sum((run) => run.actions) / refreshes,
    workflowTasks: sum((run) => run.workflowTasks) / refreshes,
    stateTransitions: sum((run) => run.stateTransitions) / refreshes,
    historyBytes: sum((run) => run.historyBytes) / refreshes,
    changed: Number(changed),
  };
}

/** The first `wanted` runs of a workflow, once each has been continued as new. */
async function closedRuns(
  client: Client,
  workflowId: string,
  wanted: number,
): Promise<RecordedRun[]> {
  for (;;) {
    const runs = await runChain(client, workflowId);
    // The last one is open.
    if (runs.length > wanted) return runs.slice(0, wanted);
    await sleep(1_000);
  }
}

async function countRun(client: Client, workflowId: string, { runId, history }: RecordedRun) {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const events = history.events ?? [];
  return {
    refreshes: events.filter(isRefresh).length,
    events: events.length,
    actions: countActions(events),
    workflowTasks: events.filter((event) => event.workflowTaskCompletedEventAttributes).length,
    stateTransitions: Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0),
    historyBytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
  };
}
