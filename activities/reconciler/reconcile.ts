import { setTimeout as delay } from 'node:timers/promises';
import { accountsOfRound } from '../../db/accounts/accounts-of-round.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { ReconcileResult } from '../contract.ts';
import { createRound, type RepairTally } from './create-round.ts';
import type { ActivityDeps } from '../deps.ts';
import { repairs as everyRepair } from './repairs/index.ts';
import type { Repair } from './repairs/repair.ts';

const ROUND_MS = 60_000;

export interface ReconcileOptions {
  readonly repairs: Readonly<Record<string, Repair>>;
  /** After this a repair takes up nothing more. */
  readonly budgetMs: number;
  /** After this, counted from there, it is waited for no longer. */
  readonly graceMs: number;
}

const DEFAULTS: ReconcileOptions = { repairs: everyRepair, budgetMs: 15_000, graceMs: 5_000 };

/**
 * Compares what Postgres holds with what the workflows have confirmed, and puts right what differs.
 * Safe to run at any time, any number of times. What cannot be repaired does not keep the rest from
 * being repaired: neither one of many, nor a whole repair that fails or takes too long.
 */
export async function reconcile(
  deps: ActivityDeps,
  context: CallContext,
  options: Partial<ReconcileOptions> = {},
): Promise<ReconcileResult> {
  const { repairs, ...limits } = { ...DEFAULTS, ...options };
  const number = Math.floor(Date.now() / ROUND_MS);
  let slice: ReturnType<typeof accountsOfRound> | undefined;
  const accounts = () => (slice ??= accountsOfRound(deps.db, number));

  const repaired: Record<string, number> = {};
  const failures: Record<string, number> = {};
  for (const [name, repair] of Object.entries(repairs)) {
    const { done, failed } = await run(deps, context, { name, repair, accounts, ...limits });
    deps.metrics.repairEnded(name, { repaired: done, failed });
    if (done > 0) repaired[name] = done;
    if (failed > 0) failures[name] = failed;
  }
  deps.metrics.roundEnded();
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  if (failed > 0) deps.logger.warn({ failures }, 'round of the reconciler left something undone');
  return { repaired, failed };
}

interface RepairToRun extends Omit<ReconcileOptions, 'repairs'> {
  readonly name: string;
  readonly repair: Repair;
  readonly accounts: () => ReturnType<typeof accountsOfRound>;
}

async function run(
  deps: ActivityDeps,
  context: CallContext,
  { name, repair, accounts, budgetMs, graceMs }: RepairToRun,
): Promise<RepairTally> {
  const { logger } = deps;
  const tally: RepairTally = { done: 0, failed: 0, isCutShort: false };
  const budget = AbortSignal.timeout(budgetMs);
  const round = createRound({ accounts, tally, signal: budget, context, logger });
  const ended = new AbortController();
  try {
    tally.done = await Promise.race([
      repair(deps, round),
      delay(budgetMs + graceMs, undefined, { signal: ended.signal }).then(() => {
        throw new Error('it does not end');
      }),
    ]);
  } catch (err) {
    context.signal.throwIfAborted();
    logger.error({ err, repair: name }, 'repair failed');
    return { ...tally, failed: tally.failed + 1 };
  } finally {
    ended.abort();
  }
  if (!tally.isCutShort) return tally;
  logger.warn({ repair: name }, 'repair had too little time: the rest is left to the next round');
  return { ...tally, failed: tally.failed + 1 };
}
