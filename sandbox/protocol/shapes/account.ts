import { iso } from '../../clock.ts';
import type { Account } from '../../institution/account.ts';
import { bankById } from '../../institution/banks.ts';
import type { Customer } from '../../institution/types.ts';
import { bankShape } from './bank.ts';
import { ENVIRONMENT, OWNER, PROJECT } from './common.ts';

export function accountShape({ details, extracted }: Account, customer: Customer | undefined) {
  const seen = Math.max(extracted.balance?.at ?? 0, extracted.transactionsAt, details.createdAt);
  return {
    _id: details.id,
    id: details.id,
    bank: bankShape(bankById(details.bankId)),
    env: ENVIRONMENT,
    nuban: details.nuban,
    name: details.name,
    type: details.type,
    currency: details.currency,
    balance: details.balanceId,
    connected: [OWNER],
    customer: { _id: details.customerId, name: customer?.name ?? '' },
    owner: [OWNER],
    projects: [PROJECT],
    record: extracted.records,
    created_at: iso(details.createdAt),
    last_updated: iso(seen),
  };
}
