import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { RowList } from '../extraction/lists.ts';
import type { Account } from '../institution/account.ts';
import { loginStateOf } from '../institution/login.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import type { Answer } from './envelope.ts';
import { dates, id, inOrder, outOfOrder, paging, periodOf } from './fields.ts';
import { paginate, type PageRequest } from './pagination.ts';
import { consentWithdrawn, unknownId } from './protocol-error.ts';
import {
  accountById,
  accountsOfBank,
  accountsOfCustomer,
  allAccounts,
  transactionsExtraction,
} from './selection.ts';
import { transactionShape } from './shapes/transaction.ts';

const MESSAGE = 'Transaction retrieved successfully';

/** `transactions/get…` and `byRecord`. */
export const transactionEndpoints: readonly Endpoint[] = [
  endpoint('transactions/getById', z.strictObject({ id }), (bank, input) => {
    for (const account of bank.world.state.accounts.values()) {
      const entry = account.extracted.byId.get(input.id);
      if (entry === undefined) continue;
      if (loginStateOf(bank.world, account.details) === 'revoked') throw consentWithdrawn();
      return answer(bank, [account], [{ account, entry }], { page: 1, limit: 1 });
    }
    throw unknownId('id');
  }),
  endpoint('transactions/getByAccount', z.strictObject({ account: id, ...paging }), (bank, input) =>
    ofAccounts(bank, [accountById(bank, input.account, 'account')], input),
  ),
  endpoint(
    'transactions/getByNuban',
    z.strictObject({ nuban: z.string().regex(/^\d{10}$/, 'must be 10 digits'), ...paging }),
    (bank, input) => {
      const found = allAccounts(bank).find(({ details }) => details.nuban === input.nuban);
      if (found === undefined) throw unknownId('nuban');
      return ofAccounts(bank, [found], input);
    },
  ),
  endpoint(
    'transactions/getByCustomer',
    z.strictObject({ customer: id, ...paging }),
    (bank, input) => ofAccounts(bank, accountsOfCustomer(bank, input.customer), input),
  ),
  endpoint(
    'transactions/getByBank',
    z.strictObject({ bank: z.string().min(1), ...paging }),
    (bank, input) => ofAccounts(bank, accountsOfBank(bank, input.bank), input),
  ),
  endpoint(
    'transactions/getByCustomerDate',
    z.strictObject({ customer: id, ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) => ofPeriod(bank, accountsOfCustomer(bank, input.customer), input),
  ),
  endpoint(
    'transactions/getByDate',
    z.strictObject({ ...dates, ...paging }).refine(inOrder, outOfOrder),
    (bank, input) => ofPeriod(bank, allAccounts(bank), input),
  ),
  endpoint('transactions/byRecord', z.strictObject({ record_id: id, ...paging }), (bank, input) => {
    const { state } = bank.world;
    const record = state.records.get(input.record_id);
    if (record === undefined) throw unknownId('record_id');
    if (loginStateOf(bank.world, record) === 'revoked') throw consentWithdrawn();
    const accounts = (state.accountsOf.get(record.customerId) ?? []).filter(
      ({ details }) => details.bankId === record.bankId,
    );
    return answer(bank, accounts, bank.lists.ofRecord(record), input);
  }),
];

function ofAccounts(bank: Bank, accounts: readonly Account[], request: PageRequest): Answer {
  return answer(bank, accounts, bank.lists.ofAccounts(accounts, null), request);
}

function ofPeriod(
  bank: Bank,
  accounts: readonly Account[],
  input: PageRequest & { readonly from: string; readonly to: string },
): Answer {
  return answer(bank, accounts, bank.lists.ofAccounts(accounts, periodOf(input)), input);
}

function answer(
  { world }: Bank,
  accounts: readonly Account[],
  rows: RowList,
  request: PageRequest,
): Answer {
  const { items, pagination } = paginate(rows, request);
  const { customers } = world.state;
  return {
    message: MESSAGE,
    data: {
      transaction: items.map((row) =>
        transactionShape(row, customers.get(row.account.details.customerId)),
      ),
      pagination,
      ...transactionsExtraction(accounts),
    },
  };
}
