import { iso } from '../../clock.ts';
import type { BalanceSnapshot } from '../../extraction/extracted-account.ts';
import type { Account } from '../../institution/account.ts';
import { bankById } from '../../institution/banks.ts';
import type { Customer } from '../../institution/types.ts';
import { wireMoney } from '../../json.ts';
import type { State } from '../../state/state.ts';
import { bankShape } from './bank.ts';
import { ENVIRONMENT, OWNER, PROJECT } from './common.ts';
import { recordStatus } from './record.ts';

/** A balance as the reads give it. Null for an account that was never extracted. */
export function balanceShape(
  { details, extracted }: Account,
  state: Readonly<State>,
  includePeriodic: boolean,
) {
  const { balance } = extracted;
  if (balance === null) return null;
  const { id, nuban, name, bankId, customerId } = details;
  return {
    _id: details.balanceId,
    id: details.balanceId,
    account: { _id: id, bank: bankShape(bankById(bankId)), nuban, name },
    ...amounts(balance),
    currency: details.currency,
    customer: { _id: customerId, name: state.customers.get(customerId)?.name ?? '' },
    connected: true,
    env: ENVIRONMENT,
    owner: [OWNER],
    projects: [PROJECT],
    record: extracted.records.flatMap((recordId) => {
      const record = state.records.get(recordId);
      return record === undefined
        ? []
        : [{ _id: recordId, status: recordStatus(record), owner: OWNER }];
    }),
    // The form of its elements was never documented, so there are none.
    ...(includePeriodic && { periodic: { available_balance: [], ledger_balance: [] } }),
    created_at: iso(details.createdAt),
    last_updated: iso(balance.at),
  };
}

/** A balance as a callback gives it. `last_updated` there is our choice. */
export function callbackBalance(
  { details }: Account,
  balance: BalanceSnapshot,
  customer: Customer | undefined,
) {
  const { id, nuban, name, currency, customerId, balanceId } = details;
  return {
    id: balanceId,
    account: { id, nuban, name },
    ...amounts(balance),
    currency,
    customer: {
      id: customerId,
      email: customer === undefined ? [] : [customer.email],
      phone: customer === undefined ? [] : [customer.phone],
    },
    connected: true,
    last_updated: iso(balance.at),
  };
}

function amounts(balance: BalanceSnapshot) {
  return {
    available_balance: wireMoney(balance.available),
    ledger_balance: wireMoney(balance.ledger),
  };
}
