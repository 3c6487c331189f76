import { beginSyncRun } from '../../db/syncs/begin-sync-run.ts';
import { commitBalance } from '../../db/balances/commit-balance.ts';
import type { SyncCounts } from '../../db/syncs/finish-sync-run.ts';
import type { CallContext, ProviderBalance } from '../../providers/provider.ts';
import { metered } from './metered.ts';
import { committedBefore } from './committed-before.ts';
import type { SyncInput } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { nothingToDo, type SyncDone } from './sync-done.ts';
import { lastReceived, openWork } from './open-work.ts';
import { isOnly, wantsRefresh } from './triggers.ts';

/**
 * Brings an account's balance up to date. Asked only by webhooks that carry the complete balance,
 * it makes no call to the bank; else the bank is asked, and the newest of what it and the webhooks
 * say is kept.
 */
export async function syncBalance(
  deps: ActivityDeps,
  input: SyncInput,
  context: CallContext,
): Promise<SyncDone> {
  const { accountId, syncRunId, triggers, nextSyncAt } = input;
  const { opened, work } = await openWork(deps, input, 'balance');
  if (!work) return await committedBefore(deps.db, syncRunId);
  const { provider, ref } = opened;
  const { webhooks, effects, more } = work;

  const told = effects.filter((effect) => effect.kind === 'balance').map(({ balance }) => balance);
  const asksBank =
    input.mayCall &&
    (!isOnly('webhook', triggers) ||
      told.length === 0 ||
      effects.some(({ kind }) => kind === 'changed' || kind === 'unclear'));
  if (!asksBank && told.length === 0) return nothingToDo;

  const start = { ...run(input), scope: asksBank ? 'full' : 'webhook' } as const;
  const earlier = asksBank ? await beginSyncRun(deps.db, start) : null;
  if (earlier) return { counts: earlier, more };

  const fetched = asksBank
    ? await provider.fetchBalance(
        ref,
        { refresh: wantsRefresh(provider, 'balance', triggers) },
        metered(deps, opened, input, context),
      )
    : null;
  const newest = newestOf(fetched, told);
  const counts: SyncCounts = await commitBalance(deps.db, {
    syncRunId,
    accountId,
    nextSyncAt,
    balance: newest,
    source: newest === fetched ? 'fetch' : 'webhook',
    webhookIds: webhooks.map(({ id }) => id),
    toldAt: asksBank ? null : lastReceived(webhooks),
    // Without a call to wait for, the record of its beginning can come with the rest.
    ...(asksBank ? {} : { start }),
  });
  return { counts, more };
}

const run = ({ syncRunId, accountId, triggers }: SyncInput) =>
  ({ id: syncRunId, accountId, triggers, product: 'balance' }) as const;

/** The one with the latest bank time; of equals, what was fetched, then what came last. */
function newestOf(
  fetched: ProviderBalance | null,
  told: readonly ProviderBalance[],
): ProviderBalance {
  const candidates = fetched ? [...told, fetched] : told;
  const newest = candidates.reduce<ProviderBalance | undefined>(
    (best, one) => (best && Date.parse(best.dataAsOf) > Date.parse(one.dataAsOf) ? best : one),
    undefined,
  );
  if (!newest) throw new Error('a sync of the balance without a balance');
  return newest;
}
