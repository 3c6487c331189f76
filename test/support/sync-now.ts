import { syncBalance } from '../../activities/syncs/sync-balance.ts';
import type { SyncDone } from '../../activities/syncs/sync-done.ts';
import { syncTransactions } from '../../activities/syncs/sync-transactions.ts';
import type { Database } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import type { Provider } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import type { Trigger } from '../../workflows/messages.ts';
import { noContext, type StorageRig } from './storage-rig.ts';

export interface SyncNow {
  readonly triggers?: readonly Trigger[];
  readonly full?: boolean;
  readonly syncRunId?: string;
  readonly db?: Database;
  readonly provider?: Provider;
}

/** Runs one attempt of a sync of an account, as a worker would, and answers with what it did. */
export async function syncNow(
  rig: StorageRig,
  accountId: string,
  product: 'transaction' | 'balance',
  options: SyncNow = {},
): Promise<SyncDone['counts']> {
  const { triggers = ['schedule'], full = false } = options;
  const syncRunId = options.syncRunId ?? (await newId(rig.db));
  const deps = {
    ...rig.deps,
    ...(options.db && { db: options.db }),
    ...(options.provider && { providers: createProviderRegistry([options.provider]) }),
  };
  const input = { accountId, syncRunId, triggers, full, mayCall: true, nextSyncAt: null };
  const sync = product === 'balance' ? syncBalance : syncTransactions;
  return (await sync(deps, input, noContext)).counts;
}
