import { iso } from '../../clock.ts';
import { changedCount, type ExtractionRecord } from '../../extraction/record.ts';
import { ENVIRONMENT, OWNER } from './common.ts';

/** How far a record is. `failed` is our choice; the vendor never showed a failed one. */
export function recordStatus(record: ExtractionRecord) {
  const { status, endedAt } = record;
  const ended = endedAt === null ? null : iso(endedAt);
  return {
    process: {
      running: status === 'running',
      completed: status === 'completed',
      ...(status === 'failed' && { failed: true }),
    },
    transactions: {
      last_success_at: status === 'completed' ? ended : null,
      last_fail_at: status === 'failed' ? ended : null,
    },
  };
}

/** Which products a record covered. */
export function usedProducts(record: ExtractionRecord) {
  return {
    auth: record.source === 'link',
    balance: record.balances.size > 0,
    'periodic-transactions': {
      status: record.status === 'completed' && record.method !== 'BALANCE',
      number: changedCount(record),
    },
  };
}

export function recordShape(record: ExtractionRecord) {
  return {
    _id: record.id,
    id: record.id,
    usedProduct: usedProducts(record),
    status: recordStatus(record),
    products: ['auth', 'balance', 'transactions'],
    billable_products: [],
    source: record.source,
    limit: 24,
    currency: 'NGN',
    bank: record.bankId,
    customer: record.customerId,
    accounts: record.accountIds,
    owner: OWNER,
    env: ENVIRONMENT,
    created_at: iso(record.startedAt),
    last_updated: iso(record.endedAt ?? record.startedAt),
  };
}
