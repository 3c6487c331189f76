import { derivedId } from '../ids.ts';
import type { BankChange, Item, LogEntry } from './types.ts';

/**
 * Puts a change at the end of an item's log. Null, and nothing done, when the item has no use for
 * it: an account that is not shared any more, or a change of a row that it never had.
 */
export function applyChange(item: Item, { kind, transaction }: BankChange): LogEntry | null {
  const account = item.accounts.find(
    ({ bankAccountId }) => bankAccountId === transaction.bankAccountId,
  );
  if (account === undefined) return null;
  const transactionId = derivedId(account.id, transaction.id);
  const before = item.log.get(transactionId);
  if (kind === 'added' ? before !== undefined : before === undefined || before.removed) return null;
  item.head += 1;
  const entry: LogEntry = {
    transactionId,
    accountId: account.id,
    pendingTransactionId:
      transaction.posts === null ? null : derivedId(account.id, transaction.posts),
    addedAt: before?.addedAt ?? item.head,
    changedAt: item.head,
    removed: kind === 'removed',
    transaction,
  };
  // Deleted first, so that the map stays in the order of the latest changes.
  item.log.delete(transactionId);
  item.log.set(transactionId, entry);
  return entry;
}
