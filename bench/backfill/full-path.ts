import type { ActivityDeps } from '../../activities/deps.ts';
import { syncTransactions } from '../../activities/syncs/sync-transactions.ts';
import type { Database } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import type { TransactionsPage } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import type { BenchAccount } from './link-account.ts';
import { createPagedProvider } from './paged-provider.ts';

/** A full scan as the worker runs it, from the first page to the commit. */
export async function syncFully(
  db: Database,
  account: BenchAccount,
  pages: readonly TransactionsPage[],
): Promise<void> {
  const needed: Pick<ActivityDeps, 'db' | 'providers' | 'keyRing'> = {
    db,
    providers: createProviderRegistry([createPagedProvider(pages)]),
    keyRing: account.keyRing,
  };
  await syncTransactions(
    // The rest of it has to do with Temporal.
    needed as ActivityDeps,
    {
      accountId: account.id,
      syncRunId: await newId(db),
      triggers: ['schedule'],
      full: true,
      mayCall: true,
      nextSyncAt: null,
    },
    { signal: new AbortController().signal, heartbeat: () => undefined },
  );
}
