import { extractNow } from '../extraction/extract.ts';
import { changedCount, type ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import { loginStateOf } from '../institution/login.ts';
import type { World } from '../state/world.ts';
import type { Outbox } from './outbox.ts';
import type { Webhook } from './webhook.ts';

/**
 * Does what a bank's aggregator does when it notices a change: extracts the account, then tells the
 * receiver what is new in it. A login that must be repeated, or was revoked, cannot be extracted:
 * nothing is sent.
 */
export function announceChange(
  world: World,
  outbox: Outbox,
  account: Account,
  options: { readonly balance: 'when_changed' | 'always' },
): Webhook[] {
  if (loginStateOf(world, account.details) !== 'ok') return [];
  const before = account.extracted.balance;
  const { customerId, bankId } = account.details;
  const record = extractNow(world, {
    method: 'PERIODIC_TRANSACTIONS',
    source: 'periodic',
    customerId,
    bankId,
    accounts: [account],
  });
  const after = record.balances.get(account.details.id);
  const moved = before?.ledger !== after?.ledger || before?.available !== after?.available;
  return [
    ...(moved || options.balance === 'always'
      ? outbox.put('BALANCE_SUCCESS', record, account)
      : []),
    ...announceTransactions(outbox, record),
  ];
}

/** The webhooks for what a record found: new or changed transactions, then removed ones. */
export function announceTransactions(outbox: Outbox, record: ExtractionRecord): Webhook[] {
  return [
    ...(changedCount(record) > 0 ? outbox.put('PERIODIC_TRANSACTIONS', record, null) : []),
    ...(record.removed.length > 0 ? outbox.put('TRANSACTIONS_DELETED', record, null) : []),
  ];
}
