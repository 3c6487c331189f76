import { finishRecord, startRecord } from '../extraction/extract.ts';
import type { ExtractionRecord } from '../extraction/record.ts';
import type { World } from '../state/world.ts';
import type { Account } from './account.ts';
import { findLogin, putLogin } from './login.ts';
import { openAccounts, type AccountPlan } from './open-accounts.ts';
import type { Customer } from './types.ts';

/**
 * Opens accounts and links them as the widget does: a login, and a first extraction of everything.
 */
export function linkAccounts(
  world: World,
  customer: Customer,
  bankId: string,
  plans: readonly AccountPlan[],
): { readonly accounts: Account[]; readonly record: ExtractionRecord } {
  const accounts = openAccounts(world, customer, bankId, plans);
  const record = startRecord(world, {
    method: 'TRANSACTIONS',
    source: 'link',
    customerId: customer.id,
    bankId,
    accounts,
  });
  finishRecord(world, record, { balance: true, transactions: true });
  const known = findLogin(customer, bankId);
  putLogin(world, customer.id, known ?? { bankId, state: 'ok', firstRecord: record.id });
  return { accounts, record };
}
