import { ProviderError } from '../errors.ts';
import type { ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';
import { readItem, type ItemState } from './item.ts';

/** Plaid reads an Item's bank some times a day: for so long it counts as it was found. */
const KEPT_MS = 10_000;
const MOST_ITEMS = 5_000;

/**
 * How Items are, as of some seconds ago. The accounts of an Item are often synced at the same time, and both
 * products of each, where its budget of `/item/get` has room for one call in four seconds.
 */
export interface RecentItems {
  /** At most some seconds old. */
  read(item: PlaidItem, context: ProviderContext): Promise<ItemState>;
  /** As Plaid tells it now. */
  readAnew(item: PlaidItem, context: ProviderContext): Promise<ItemState>;
}

interface Read {
  readonly at: number;
  readonly state: Promise<ItemState>;
}

export function createRecentItems(
  api: PlaidApi,
  now: () => number = () => performance.now(),
): RecentItems {
  const reads = new Map<string, Read>();

  async function readAnew(item: PlaidItem, context: ProviderContext): Promise<ItemState> {
    const read: Read = { at: now(), state: readItem(api, item, context) };
    reads.delete(item.itemId);
    reads.set(item.itemId, read);
    for (const itemId of reads.keys()) {
      if (reads.size <= MOST_ITEMS) break;
      reads.delete(itemId);
    }
    try {
      const state = await read.state;
      // What is wrong with it may be mended at any moment.
      if (state.error) forget(item, read);
      return state;
    } catch (error) {
      forget(item, read);
      throw error;
    }
  }

  function forget({ itemId }: PlaidItem, read: Read): void {
    if (reads.get(itemId) === read) reads.delete(itemId);
  }

  return {
    readAnew,
    async read(item, context) {
      const last = reads.get(item.itemId);
      if (!last || now() - last.at > KEPT_MS) return await readAnew(item, context);
      try {
        return await last.state;
      } catch (error) {
        // Whoever asked was cancelled: that is no answer for others.
        if (!(error instanceof ProviderError)) return await readAnew(item, context);
        throw error;
      }
    },
  };
}
