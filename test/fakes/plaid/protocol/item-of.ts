import { ApiError } from '../errors/api-error.ts';
import { errorOf } from '../items/item-error.ts';
import type { Item, ItemAccount } from '../items/types.ts';
import type { World } from '../world.ts';

/** By an access token. INVALID_ACCESS_TOKEN where there never was one, ITEM_NOT_FOUND once removed. */
export function itemOf(world: World, accessToken: string): Item {
  const item = itemWithToken(world, accessToken);
  if (item === null) throw new ApiError('INVALID_ACCESS_TOKEN');
  if (item.removed) throw new ApiError('ITEM_NOT_FOUND');
  return item;
}

export function itemWithToken(world: World, accessToken: string): Item | null {
  return [...world.items.values()].find((item) => item.accessToken === accessToken) ?? null;
}

/**
 * An item whose data may be asked for. We refuse every data call of an item in error, the cached
 * ones, too; that Plaid does so for all of them is a guess.
 */
export function healthyItemOf(world: World, accessToken: string): Item {
  const item = itemOf(world, accessToken);
  const error = errorOf(world, item);
  if (error !== null) {
    throw new ApiError(error.code, error.reason === null ? {} : { reason: error.reason });
  }
  return item;
}

/** The accounts that are there, or those of a filter. */
export function accountsOf(
  world: World,
  item: Item,
  accountIds: readonly string[] | undefined,
): readonly ItemAccount[] {
  const open = item.accounts.filter(
    ({ bankAccountId }) => world.bankAccounts.get(bankAccountId)?.open === true,
  );
  if (accountIds !== undefined) {
    return accountIds.map((accountId) => {
      const account = open.find(({ id }) => id === accountId);
      if (account === undefined) throw new ApiError('INVALID_ACCOUNT_ID');
      return account;
    });
  }
  if (open.length === 0) throw new ApiError('NO_ACCOUNTS');
  return open;
}

/** Refuses a real-time call while the item's institution is down. */
export function reachBank(world: World, item: Item): void {
  const outage = world.outages.get(item.institutionId);
  if (outage === undefined) return;
  item.lastFailedUpdate = world.clock.now();
  throw new ApiError(outage);
}
