import { DAY, day } from '../clock.ts';
import { sendTransactionsWebhook } from '../webhooks/transactions-webhooks.ts';
import type { World } from '../world.ts';
import { applyChange } from './apply-change.ts';
import { refreshCachedBalances } from './cached-balances.ts';
import type { BankChange, Item } from './types.ts';

/** The initial update brings the last thirty days (SyncUpdatesAvailableWebhook). */
const INITIAL_DAYS = 30;

/** From NOT_READY to the last thirty days. */
export function completeInitialUpdate(world: World, item: Item): void {
  if (item.status !== 'NOT_READY') return;
  item.status = 'INITIAL_UPDATE_COMPLETE';
  land(world, item, INITIAL_DAYS, 'INITIAL_UPDATE');
}

/** To all the days that were requested; from NOT_READY, too. */
export function completeHistoricalUpdate(world: World, item: Item): void {
  completeInitialUpdate(world, item);
  if (item.status !== 'INITIAL_UPDATE_COMPLETE') return;
  item.status = 'HISTORICAL_UPDATE_COMPLETE';
  land(world, item, item.daysRequested, 'HISTORICAL_UPDATE');
  item.waiting.length = 0;
}

function land(
  world: World,
  item: Item,
  days: number,
  code: 'INITIAL_UPDATE' | 'HISTORICAL_UPDATE',
): void {
  const since = day(item.createdAt - Math.min(days, item.daysRequested) * DAY);
  const rest: BankChange[] = [];
  const left = new Set<string>();
  let count = 0;
  for (const change of item.waiting.splice(0)) {
    const { id, date } = change.transaction;
    if (date < since || left.has(id)) {
      rest.push(change);
      // What comes after it has to wait for it.
      left.add(id);
    } else if (applyChange(item, change) !== null) count += 1;
  }
  item.waiting.push(...rest);
  refreshCachedBalances(world, item);
  item.lastSuccessfulUpdate = world.clock.now();
  if (!world.settings.announces) return;
  if (item.syncCalled) sendTransactionsWebhook(world, item, { code: 'SYNC_UPDATES_AVAILABLE' });
  if (world.settings.legacyWebhooks) sendTransactionsWebhook(world, item, { code, count });
}
