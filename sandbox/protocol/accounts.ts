import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import type { Answer } from './envelope.ts';
import { dates, id, inOrder, outOfOrder, paging, periodOf } from './fields.ts';
import { paginate, type PageRequest } from './pagination.ts';
import { unknownId } from './protocol-error.ts';
import {
  accountById,
  accountsOfBank,
  accountsOfCustomer,
  allAccounts,
  balanceExtraction,
} from './selection.ts';
import { accountShape } from './shapes/account.ts';

/** `accounts/…`. A read of one account answers a list of one, which is our choice. */
export const accountEndpoints: readonly Endpoint[] = [
  endpoint('accounts/getById', z.strictObject({ id }), (bank, input) =>
    one(bank, accountById(bank, input.id, 'id')),
  ),
  endpoint('accounts/getAccountDetails', z.strictObject({ account: id }), (bank, input) =>
    one(bank, accountById(bank, input.account, 'account')),
  ),
  endpoint('accounts/getByBalance', z.strictObject({ balance: id }), (bank, input) => {
    const found = allAccounts(bank).find(({ details }) => details.balanceId === input.balance);
    if (found === undefined) throw unknownId('balance');
    return one(bank, found);
  }),
  endpoint('accounts/getByCustomer', z.strictObject({ customer: id, ...paging }), (bank, input) =>
    list(bank, accountsOfCustomer(bank, input.customer), input),
  ),
  endpoint(
    'accounts/getByCustomerDate',
    z.strictObject({ customer: id, ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) =>
      list(bank, createdWithin(accountsOfCustomer(bank, input.customer), input), input),
  ),
  endpoint(
    'accounts/getByDate',
    z.strictObject({ ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) => list(bank, createdWithin(allAccounts(bank), input), input),
  ),
  endpoint(
    'accounts/getByBank',
    z.strictObject({ bank: z.string().min(1), ...paging }),
    (bank, input) => list(bank, accountsOfBank(bank, input.bank), input),
  ),
  endpoint(
    'accounts/getByName',
    z.strictObject({ name: z.string().min(1), ...paging }),
    (bank, input) => {
      const named = allAccounts(bank).filter(({ details }) => details.name === input.name);
      return list(bank, named, input);
    },
  ),
];

function one(bank: Bank, account: Account): Answer {
  return {
    message: 'Account retrieved successfully',
    data: { accounts: [shapeOf(bank, account)], ...balanceExtraction([account]) },
  };
}

function list(bank: Bank, accounts: readonly Account[], request: PageRequest): Answer {
  const { items, pagination } = paginate(accounts, request);
  return {
    message: 'Accounts retrieved successfully',
    data: {
      accounts: items.map((account) => shapeOf(bank, account)),
      pagination,
      ...balanceExtraction(accounts),
    },
  };
}

function shapeOf({ world }: Bank, account: Account) {
  return accountShape(account, world.state.customers.get(account.details.customerId));
}

function createdWithin(
  accounts: readonly Account[],
  input: { readonly from: string; readonly to: string },
): Account[] {
  const { from, to } = periodOf(input);
  return accounts.filter(({ details }) => details.createdAt >= from && details.createdAt <= to);
}
