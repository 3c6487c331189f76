import type { PlaidErrorCode } from '../errors/codes.ts';
import { findBankTransaction, findItem } from '../find.ts';
import { derivedId } from '../ids.ts';
import { churnAccount } from '../items/churn-account.ts';
import { completeHistoricalUpdate, completeInitialUpdate } from '../items/complete-updates.ts';
import { landRefresh } from '../items/land-refresh.ts';
import { breakLogin, repairLogin } from '../items/login.ts';
import { revokeAccount, revokePermission } from '../items/revoke.ts';
import { pull } from '../items/take-over.ts';
import type { Item } from '../items/types.ts';
import type { World } from '../world.ts';

/** The items at Plaid. */
export interface ItemControl {
  /** As it is now; not to be altered. */
  item(itemId: string): Item;
  items(): readonly Item[];
  /** The `account_id` that an item has for an account of the bank. */
  accountId(itemId: string, bankAccountId: string): string;
  /** The `transaction_id` that an item has for a transaction of the bank. */
  transactionId(itemId: string, bankTransactionId: string): string;
  /** Plaid asks the bank: everything that waits comes, and webhooks say so. */
  pull(itemId: string): void;
  /** With `preparation: 'held'`: from NOT_READY to the last thirty days. */
  completeInitialUpdate(itemId: string): void;
  completeHistoricalUpdate(itemId: string): void;
  /** With `refreshes: 'held'`: the `/transactions/refresh` that was asked for comes back. */
  landRefresh(itemId: string): void;
  /** The same, but the bank gave nothing; nothing is told. */
  failRefresh(itemId: string): void;
  /** Into an error, ITEM_LOGIN_REQUIRED when left out, told by ITEM/ERROR. */
  expireLogin(
    itemId: string,
    error?: { readonly code?: PlaidErrorCode; readonly reason?: string },
  ): void;
  /** Well again without this client's update mode: at another application, say. LOGIN_REPAIRED. */
  repairLogin(itemId: string): void;
  /** From then on ITEM_LOGIN_REQUIRED; null: never. Sends nothing. */
  setConsentExpiry(itemId: string, at: number | null): void;
  /** At my.plaid.com. USER_PERMISSION_REVOKED from now on, and the webhook. */
  revokePermission(itemId: string): void;
  /**
   * "Account churn": Plaid takes an account for another one. It has a new `account_id`, which is
   * returned, and all its transactions go and come again.
   */
  churnAccount(itemId: string, accountId: string): string;
  /** USER_ACCOUNT_REVOKED, and the account is gone from the item. */
  revokeAccount(itemId: string, accountId: string): void;
}

export function createItemControl(world: World): ItemControl {
  const accountIdOf = (itemId: string, bankAccountId: string): string => {
    const { accounts } = findItem(world, itemId);
    const account = accounts.find((one) => one.bankAccountId === bankAccountId);
    if (account === undefined) throw new Error(`the item does not have ${bankAccountId}`);
    return account.id;
  };

  return {
    item: (itemId) => findItem(world, itemId),
    items: () => [...world.items.values()],
    accountId: accountIdOf,
    transactionId(itemId, bankTransactionId) {
      const { bankAccountId, id } = findBankTransaction(world, bankTransactionId);
      return derivedId(accountIdOf(itemId, bankAccountId), id);
    },
    pull: (itemId) => pull(world, findItem(world, itemId)),
    completeInitialUpdate: (itemId) => completeInitialUpdate(world, findItem(world, itemId)),
    completeHistoricalUpdate: (itemId) => completeHistoricalUpdate(world, findItem(world, itemId)),
    landRefresh: (itemId) => landRefresh(world, findItem(world, itemId)),
    failRefresh(itemId) {
      const item = findItem(world, itemId);
      item.refreshesWaiting = 0;
      item.lastFailedUpdate = world.clock.now();
    },
    expireLogin(itemId, { code = 'ITEM_LOGIN_REQUIRED', reason } = {}) {
      breakLogin(world, findItem(world, itemId), code, reason ?? null);
    },
    repairLogin: (itemId) => repairLogin(world, findItem(world, itemId), true),
    setConsentExpiry(itemId, at) {
      findItem(world, itemId).consentExpiresAt = at;
    },
    revokePermission: (itemId) => revokePermission(world, findItem(world, itemId)),
    churnAccount: (itemId, accountId) => churnAccount(world, findItem(world, itemId), accountId),
    revokeAccount: (itemId, accountId) => revokeAccount(world, findItem(world, itemId), accountId),
  };
}
