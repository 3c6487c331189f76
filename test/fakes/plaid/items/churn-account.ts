import { plaidId } from '../ids.ts';
import type { World } from '../world.ts';
import { applyChange } from './apply-change.ts';
import { announceChanges } from './announce-changes.ts';
import type { Item } from './types.ts';

/** Everything of the old `account_id` is removed, and added again under a new one. */
export function churnAccount(world: World, item: Item, accountId: string): string {
  const account = item.accounts.find(({ id }) => id === accountId);
  if (account === undefined) throw new Error(`the item does not have ${accountId}`);
  const there = [...item.log.values()].filter(
    (entry) => entry.accountId === accountId && !entry.removed,
  );
  const removed = there.flatMap(
    ({ transaction }) => applyChange(item, { kind: 'removed', transaction }) ?? [],
  );
  const renamed = { ...account, id: plaidId() };
  item.accounts = item.accounts.map((one) => (one === account ? renamed : one));
  const added = there.flatMap(
    ({ transaction }) => applyChange(item, { kind: 'added', transaction }) ?? [],
  );
  if (removed.length > 0) announceChanges(world, item, [...removed, ...added]);
  return renamed.id;
}
