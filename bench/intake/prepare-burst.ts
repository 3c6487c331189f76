import { setTimeout as sleep } from 'node:timers/promises';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import type { ManagedProcess } from '../../dev/processes/managed-process.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { linkBenchAccounts, type LinkedAccount } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { storeTruth, type BankTruth } from './bank-truth.ts';
import { changeAndHold, changesFor } from './held-webhooks.ts';

export interface BurstOptions {
  readonly accounts: number;
  readonly webhooks: number;
  readonly senders: number;
  /** After which a side has failed. */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

export interface PreparedBurst {
  readonly linked: readonly LinkedAccount[];
  readonly worker: ManagedProcess;
  /** Of the webhooks of all that has changed at the bank since, in their order. */
  readonly bodies: readonly string[];
  /** What the bank holds after all of it. */
  readonly truth: BankTruth;
}

/** Of each account, before anything changes. */
const TRANSACTIONS = 20;

/**
 * Accounts that Freshet's worker has scanned; and then all that changes at their bank, of which nobody
 * has been told yet.
 */
export async function prepareBurst(
  stack: BenchStack,
  { accounts, webhooks, say }: BurstOptions,
): Promise<PreparedBurst> {
  const dailies = Array.from({ length: accounts }, () => 'daily' as const);
  const linked = await linkBenchAccounts(stack, dailies, TRANSACTIONS);
  const worker = await stack.startWorker();
  const settings = { taskQueue: 'freshet', intervals: INTERVAL_MS, pace: PACE };
  const workflows = createAccountWorkflows(stack.temporal, settings);
  for (const { account } of linked) await workflows.start(account);
  while ((await countScanned(stack)) < linked.length) await sleep(250);

  const bodies = await changeAndHold(stack, linked, changesFor(webhooks / accounts));
  const truth = await storeTruth(stack, linked);
  say(`${bodies.length} webhooks are ready`);
  return { linked, worker, bodies, truth };
}

async function countScanned({ db }: BenchStack): Promise<number> {
  const { count } = await db
    .selectFrom('sync_cursors')
    .innerJoin('balances', 'balances.account_id', 'sync_cursors.account_id')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
