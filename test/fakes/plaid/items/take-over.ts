import type { World } from '../world.ts';
import { announceChanges } from './announce-changes.ts';
import { applyChange } from './apply-change.ts';
import { refreshCachedBalances } from './cached-balances.ts';
import { errorOf } from './item-error.ts';
import type { BankChange, Item } from './types.ts';

/** Brings a change at the bank to the items that have its account: now, or with their next pull. */
export function takeOver(world: World, bankAccountId: string, change: BankChange): void {
  for (const item of world.items.values()) {
    const has = item.accounts.some((account) => account.bankAccountId === bankAccountId);
    if (!has || item.removed) continue;
    item.waiting.push(change);
    if (world.settings.pulls === 'live') pull(world, item);
  }
}

/** Several changes as one: no page of a sync and no webhook comes between them. */
export function together<T>(world: World, change: () => T): T {
  const { pulls } = world.settings;
  world.settings.pulls = 'polled';
  try {
    return change();
  } finally {
    world.settings.pulls = pulls;
    if (pulls === 'live') {
      for (const item of world.items.values()) if (item.waiting.length > 0) pull(world, item);
    }
  }
}

/**
 * What Plaid does one to four times a day: everything that waits goes into the item's log, the
 * cached balances are those of now, and webhooks say so.
 */
export function pull(world: World, item: Item): void {
  if (!isPulled(world, item)) return;
  const changes = item.waiting.splice(0);
  const entries = changes.flatMap((change) => applyChange(item, change) ?? []);
  refreshCachedBalances(world, item);
  item.lastSuccessfulUpdate = world.clock.now();
  if (entries.length > 0) announceChanges(world, item, entries);
}

/** Not before its history is there, and not while it is in error. */
function isPulled(world: World, item: Item): boolean {
  return (
    !item.removed && errorOf(world, item) === null && item.status === 'HISTORICAL_UPDATE_COMPLETE'
  );
}
