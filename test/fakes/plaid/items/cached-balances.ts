import type { World } from '../world.ts';
import type { Item } from './types.ts';

/** Takes over what the bank has now. Only open accounts have a balance to take. */
export function refreshCachedBalances(world: World, item: Item): void {
  for (const account of item.accounts) {
    const bankAccount = world.bankAccounts.get(account.bankAccountId);
    if (bankAccount === undefined || !bankAccount.open) continue;
    account.cached = bankAccount.balances;
    account.cachedAt = world.clock.now();
  }
}
