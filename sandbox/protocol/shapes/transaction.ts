import { iso } from '../../clock.ts';
import type { Row } from '../../extraction/lists.ts';
import { bankById } from '../../institution/banks.ts';
import type { Customer } from '../../institution/types.ts';
import { wireMoney } from '../../json.ts';
import { magnitude } from '../../money.ts';
import { ENVIRONMENT } from './common.ts';

/** A transaction as the reads give it: exactly one of `debit` and `credit` is not null. */
export function transactionShape(row: Row, customer: Customer | undefined) {
  const { details } = row.account;
  const { id: _id, name, slug } = bankById(details.bankId);
  return {
    ...parts(row),
    bank: { _id, name, slug, status: 'healthy', icon: null, logo: null },
    customer: { _id: details.customerId, name: customer?.name ?? '' },
    account: { _id: details.id, name: details.name },
  };
}

/** The same as a callback gives it: bank, customer and account as plain ids. */
export function callbackTransaction(row: Row) {
  const { bankId, customerId, id } = row.account.details;
  return { ...parts(row), bank: bankId, customer: customerId, account: id };
}

function parts({ account, entry }: Row) {
  const { transaction, records } = entry;
  const { amount, clearedAt, pendingId } = transaction;
  const size = wireMoney(magnitude(amount));
  return {
    _id: transaction.id,
    id: transaction.id,
    debit: amount < 0n ? size : null,
    credit: amount < 0n ? null : size,
    currency: account.details.currency,
    trans_date: iso(transaction.transactedAt),
    cleared_date: clearedAt === null ? null : iso(clearedAt),
    unformatted_trans_date: bankDate(transaction.transactedAt),
    unformatted_cleared_date: clearedAt === null ? null : bankDate(clearedAt),
    ref: transaction.ref,
    code: transaction.code,
    branch: transaction.branch,
    balance: wireMoney(transaction.balance),
    benefactor: transaction.counterparty,
    notes: {
      desc: transaction.description,
      topics: [],
      places: [],
      people: [],
      actions: [],
      subjects: [],
      prepositions: [],
    },
    ...(pendingId !== null && { pending_id: pendingId }),
    record: records,
    fetched: [],
    checked: [],
    actions: [],
    manual: false,
    reconciled: false,
    env: ENVIRONMENT,
    created_at: iso(transaction.createdAt),
    last_updated: iso(transaction.updatedAt),
    __v: 0,
  };
}

/** `31/01/2026`, as a bank's statement prints it. */
function bankDate(at: number): string {
  return iso(at).slice(0, 10).split('-').toReversed().join('/');
}
