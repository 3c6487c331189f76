import { iso } from '../../clock.ts';
import type { Account } from '../../institution/account.ts';
import type { Customer } from '../../institution/types.ts';
import { ENVIRONMENT } from './common.ts';

export function customerShape(customer: Customer, accounts: readonly Account[]) {
  return {
    _id: customer.id,
    id: customer.id,
    name: customer.name,
    email: [customer.email],
    phone: [customer.phone],
    credentials: accounts.map(({ details }) => ({
      bank: details.bankId,
      nuban: details.nuban,
      accountName: details.name,
      connected: true,
    })),
    record: customer.logins.map(({ firstRecord, bankId }) => ({
      _id: firstRecord,
      bank: bankId,
      env: ENVIRONMENT,
    })),
    blocked: false,
    unconnected: accounts.length === 0,
    manual: false,
    env: ENVIRONMENT,
    created_at: iso(customer.createdAt),
    last_updated: iso(customer.createdAt),
  };
}
