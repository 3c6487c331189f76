import type { BankAccount, BankTransaction, Login } from './bank/types.ts';
import type { Item, ItemAccount } from './items/types.ts';
import type { World } from './world.ts';

/** For the control only: what a test names must be there, or the test is wrong. */
export function findItem(world: World, itemId: string): Item {
  return found(world.items.get(itemId), `item ${itemId}`);
}

export function findLogin(world: World, loginId: string): Login {
  return found(world.logins.get(loginId), `login ${loginId}`);
}

/** By the bank's own id, or by an item's `account_id`. */
export function findBankAccount(world: World, accountId: string): BankAccount {
  const bankAccountId = findItemAccount(world, accountId)?.account.bankAccountId ?? accountId;
  return found(world.bankAccounts.get(bankAccountId), `account ${accountId}`);
}

/** By the bank's own id, or by an item's `transaction_id`. */
export function findBankTransaction(world: World, transactionId: string): BankTransaction {
  const own = world.bankTransactions.get(transactionId);
  if (own !== undefined) return own;
  for (const item of world.items.values()) {
    const entry = item.log.get(transactionId);
    if (entry !== undefined) {
      return found(world.bankTransactions.get(entry.transaction.id), transactionId);
    }
  }
  throw new Error(`there is no transaction ${transactionId}`);
}

export function findItemAccount(
  world: World,
  accountId: string,
): { readonly item: Item; readonly account: ItemAccount } | null {
  for (const item of world.items.values()) {
    const account = item.accounts.find(({ id }) => id === accountId);
    if (account !== undefined) return { item, account };
  }
  return null;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
