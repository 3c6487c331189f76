import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import type { Bank as Institution, Customer, Transaction } from '../institution/types.ts';
import { banks, findBank } from '../institution/banks.ts';
import { ControlError } from './control-error.ts';

export function findAccount({ world }: Bank, id: string): Account {
  const account = world.state.accounts.get(id);
  if (account === undefined) throw new ControlError(404, 'no such account');
  return account;
}

export function findCustomer({ world }: Bank, id: string): Customer {
  const customer = world.state.customers.get(id);
  if (customer === undefined) throw new ControlError(404, 'no such customer');
  return customer;
}

export function findTransaction(
  { world }: Bank,
  id: string,
): { readonly account: Account; readonly transaction: Transaction } {
  for (const account of world.state.accounts.values()) {
    const transaction = account.live.get(id);
    if (transaction !== undefined) return { account, transaction };
  }
  throw new ControlError(404, 'no such transaction');
}

/** By id, slug or name; undefined gives the first bank. */
export function findInstitution(key: string | undefined): Institution {
  if (key === undefined) return banks[0];
  const found = findBank(key);
  if (found === undefined) {
    const slugs = banks.map(({ slug }) => slug).join(', ');
    throw new ControlError(404, `bank: there is none like that; there are ${slugs}`);
  }
  return found;
}
