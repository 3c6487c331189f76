import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import type { Answer } from './envelope.ts';
import { dates, id, inOrder, outOfOrder, paging, periodOf } from './fields.ts';
import { paginate, type PageRequest } from './pagination.ts';
import { unknownId } from './protocol-error.ts';
import { accountById, accountsOfCustomer, allAccounts, balanceExtraction } from './selection.ts';
import { balanceShape } from './shapes/balance.ts';

const MESSAGE = 'Balance retrieved successfully';

const periodic = { includePeriodic: z.boolean().default(true) };

/** `balance/get…`. */
export const balanceEndpoints: readonly Endpoint[] = [
  // The only capture of a balance as one object, not in a list, is taken to be this read.
  endpoint('balance/getById', z.strictObject({ id, ...periodic }), (bank, input) => {
    const account = allAccounts(bank).find(({ details }) => details.balanceId === input.id);
    if (account === undefined) throw unknownId('id');
    const balance = balanceShape(account, bank.world.state, input.includePeriodic);
    return { message: MESSAGE, data: { balance, ...balanceExtraction([account]) } };
  }),
  endpoint('balance/getByAccount', z.strictObject({ account_id: id }), (bank, input) =>
    list(bank, [accountById(bank, input.account_id, 'account_id')], { page: 1, limit: 1 }, true),
  ),
  endpoint(
    'balance/getByCustomer',
    z.strictObject({ customer: id, ...paging, ...periodic }),
    (bank, input) =>
      list(bank, accountsOfCustomer(bank, input.customer), input, input.includePeriodic),
  ),
  endpoint(
    'balance/getByCustomerDate',
    z.strictObject({ customer: id, ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) =>
      list(bank, seenWithin(accountsOfCustomer(bank, input.customer), input), input, true),
  ),
  endpoint(
    'balance/getByDate',
    z.strictObject({ ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) => list(bank, seenWithin(allAccounts(bank), input), input, true),
  ),
];

function list(
  bank: Bank,
  accounts: readonly Account[],
  request: PageRequest,
  includePeriodic: boolean,
): Answer {
  const { items, pagination } = paginate(accounts, request);
  return {
    message: MESSAGE,
    data: {
      balance: items.flatMap(
        (account) => balanceShape(account, bank.world.state, includePeriodic) ?? [],
      ),
      pagination,
      ...balanceExtraction(accounts),
    },
  };
}

function seenWithin(
  accounts: readonly Account[],
  input: { readonly from: string; readonly to: string },
): Account[] {
  const { from, to } = periodOf(input);
  return accounts.filter(({ extracted }) => {
    const at = extracted.balance?.at ?? -1;
    return at >= from && at <= to;
  });
}
