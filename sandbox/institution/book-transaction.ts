import type { World } from '../state/world.ts';
import type { Account } from './account.ts';
import { withTransaction, withoutTransaction } from './enter-transactions.ts';
import type { Transaction } from './types.ts';

/**
 * Books a pending transaction. `same_id` keeps its id and sets `cleared_date`; with `new_id` the
 * pending one goes, and a booked one comes under a new id with the same `ref`, which names the old
 * id.
 */
export function bookTransaction(
  world: World,
  account: Account,
  pending: Transaction,
  mode: 'same_id' | 'new_id',
): Transaction {
  const at = world.tick();
  const { id } = account.details;
  const funds = withTransaction(
    withoutTransaction(account.funds, pending, at),
    { amount: pending.amount, pending: false },
    at,
  );
  const booked: Transaction = {
    ...pending,
    ...(mode === 'new_id' && {
      id: world.random(`account/${id}`).objectId(),
      pendingId: pending.id,
      createdAt: at,
    }),
    clearedAt: at,
    balance: funds.ledger,
    updatedAt: at,
  };
  world.apply({ op: 'funds', account: id, funds });
  if (mode === 'new_id') world.apply({ op: 'removal', account: id, id: pending.id, at });
  world.apply({ op: 'transactions', account: id, transactions: [booked] });
  return booked;
}
