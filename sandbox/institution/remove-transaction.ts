import type { World } from '../state/world.ts';
import type { Account } from './account.ts';
import { withoutTransaction } from './enter-transactions.ts';
import type { Transaction } from './types.ts';

/** Removes a transaction and takes its effect off the balance. */
export function removeTransaction(world: World, account: Account, transaction: Transaction): void {
  const at = world.tick();
  const { id } = account.details;
  const funds = withoutTransaction(account.funds, transaction, at);
  world.apply({ op: 'funds', account: id, funds });
  world.apply({ op: 'removal', account: id, id: transaction.id, at });
}
