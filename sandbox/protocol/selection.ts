import { iso } from '../clock.ts';
import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import { findBank } from '../institution/banks.ts';
import { loginStateOf } from '../institution/login.ts';
import type { Customer } from '../institution/types.ts';
import { consentWithdrawn, unknownId } from './protocol-error.ts';

/** The account of this id. Throws for one that nobody has, and for one whose consent is gone. */
export function accountById({ world }: Bank, id: string, field: string): Account {
  const account = world.state.accounts.get(id);
  if (account === undefined) throw unknownId(field);
  if (loginStateOf(world, account.details) === 'revoked') throw consentWithdrawn();
  return account;
}

export function customerById({ world }: Bank, id: string, field: string): Customer {
  const customer = world.state.customers.get(id);
  if (customer === undefined) throw unknownId(field);
  return customer;
}

/** A customer's accounts, without those of revoked logins. Throws when every login is revoked. */
export function accountsOfCustomer(bank: Bank, id: string): Account[] {
  const customer = customerById(bank, id, 'customer');
  const { logins } = customer;
  if (logins.length > 0 && logins.every(({ state }) => state === 'revoked')) {
    throw consentWithdrawn();
  }
  return readable(bank, bank.world.state.accountsOf.get(id) ?? []);
}

/** Every account at a bank whose login is not revoked. */
export function accountsOfBank(bank: Bank, key: string): Account[] {
  const found = findBank(key);
  if (found === undefined) throw unknownId('bank');
  return allAccounts(bank).filter(({ details }) => details.bankId === found.id);
}

/** Every account whose login is not revoked. */
export function allAccounts(bank: Bank): Account[] {
  return readable(bank, [...bank.world.state.accounts.values()]);
}

export function readable({ world }: Bank, accounts: readonly Account[]): Account[] {
  return accounts.filter(({ details }) => loginStateOf(world, details) !== 'revoked');
}

/**
 * Which extraction of transactions a list comes from: our choice, so that a reader can see its
 * pages move.
 */
export function transactionsExtraction(accounts: readonly Account[]) {
  let newest: Account['extracted'] | undefined;
  for (const { extracted } of accounts) {
    if (extracted.transactionsRecord === null) continue;
    if (newest === undefined || extracted.transactionsAt > newest.transactionsAt)
      newest = extracted;
  }
  return {
    extraction: newest?.transactionsRecord ?? null,
    extracted_at: newest === undefined ? null : iso(newest.transactionsAt),
  };
}

/** Which extraction of balances a list comes from. */
export function balanceExtraction(accounts: readonly Account[]) {
  let newest: Account['extracted']['balance'] = null;
  for (const { extracted } of accounts) {
    const { balance } = extracted;
    if (balance !== null && (newest === null || balance.at > newest.at)) newest = balance;
  }
  return {
    extraction: newest?.record ?? null,
    extracted_at: newest === null ? null : iso(newest.at),
  };
}
