import type { CallContext, ProviderAccount } from '../provider.ts';
import type { OkraApi } from './api.ts';
import type { OkraConnection } from './connection.ts';
import { readPages } from './pages.ts';
import { toAccount, toBank } from './transform/account.ts';

export interface BankAccounts {
  readonly accounts: ProviderAccount[];
  readonly bankName: string | null;
}

/**
 * The customer's accounts at the connection's bank: the one read there is gives those of all banks.
 */
export async function readAccounts(
  api: OkraApi,
  pageSize: number,
  connection: OkraConnection,
  context: CallContext,
): Promise<BankAccounts> {
  const request = {
    path: 'accounts/getByCustomer',
    body: { customer: connection.customer },
    keys: ['accounts', 'account'],
  };
  const accounts: ProviderAccount[] = [];
  let bankName: string | null = null;
  for await (const page of readPages(api, request, pageSize, context)) {
    for (const { value } of page.items) {
      const bank = toBank(value);
      if (!bank.ids.includes(connection.bank)) continue;
      bankName ??= bank.name;
      accounts.push(toAccount(value));
    }
  }
  return { accounts, bankName };
}
