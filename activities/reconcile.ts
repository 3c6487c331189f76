import {
  accountsOfRound,
  accountsToResume,
  accountsToStop,
  accountsWithUnconfirmedSettings,
  lateAccounts,
} from '../db/accounts-to-reconcile.ts';
import { confirmStopped } from '../db/confirm-stopped.ts';
import { markSignalled, webhooksToSignal } from '../db/webhooks-to-signal.ts';
import type { CallContext } from '../providers/provider.ts';
import type { ReconcileResult } from './contract.ts';
import type { ActivityDeps } from './deps.ts';

const ROUND_MS = 60_000;

/**
 * Compares what Postgres holds with what the workflows have confirmed, and tells again what they
 * missed. Safe to run at any time, any number of times: everything that it sends is idempotent. What
 * cannot be told does not keep the others from being told.
 */
export async function reconcile(
  { db, accountWorkflows, logger }: ActivityDeps,
  { signal, heartbeat }: CallContext,
): Promise<ReconcileResult> {
  let failed = 0;

  async function each<T>(items: readonly T[], tell: (item: T) => Promise<void>): Promise<number> {
    let told = 0;
    for (const item of items) {
      signal.throwIfAborted();
      heartbeat();
      try {
        await tell(item);
        told += 1;
      } catch (err) {
        failed += 1;
        logger.warn({ err }, 'left to the next round');
      }
    }
    return told;
  }

  const round = Math.floor(Date.now() / ROUND_MS);
  const webhooksSignalled = await each(await webhooksToSignal(db), async (waiting) => {
    await accountWorkflows.webhookStored(waiting.account, waiting.product);
    await markSignalled(db, waiting);
  });
  const settingsTold = await each(await accountsWithUnconfirmedSettings(db), (account) =>
    accountWorkflows.settingsChanged(account),
  );
  const pausesCleared = await each(await accountsToResume(db), (account) =>
    accountWorkflows.clearPause(account, 'reauth_required'),
  );
  const workflowsStarted = await each(
    [...(await lateAccounts(db)), ...(await accountsOfRound(db, round))],
    (account) => accountWorkflows.start(account),
  );
  const workflowsStopped = await each(await accountsToStop(db), async ({ id }) => {
    await accountWorkflows.unlinked(id);
    await confirmStopped(db, id);
  });
  return {
    webhooksSignalled,
    settingsTold,
    pausesCleared,
    workflowsStarted,
    workflowsStopped,
    failed,
  };
}
