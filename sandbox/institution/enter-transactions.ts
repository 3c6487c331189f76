import { magnitude } from '../money.ts';
import type { Random } from '../random.ts';
import type { World } from '../state/world.ts';
import { available, type Account } from './account.ts';
import type { Draft } from './draw-transactions.ts';
import type { Funds, Transaction } from './types.ts';

/** Enters transactions in an account in the order given, and moves its balance with each. */
export function enterTransactions(
  world: World,
  account: Account,
  drafts: readonly Draft[],
): Transaction[] {
  const random = world.random(`account/${account.details.id}`);
  const at = world.tick();
  let { funds } = account;
  const entered = drafts.map((draft, index) => {
    funds = withTransaction(funds, draft, at);
    // Undated ones of one call are a millisecond apart, so that they are listed in the order given.
    const transactedAt = draft.transactedAt ?? at - (drafts.length - 1 - index);
    return newTransaction(random, { ...draft, transactedAt }, funds, at);
  });
  world.apply({ op: 'transactions', account: account.details.id, transactions: entered });
  world.apply({ op: 'funds', account: account.details.id, funds });
  return entered;
}

/** A booked transaction moves the ledger; a pending debit only lowers what is available. */
export function withTransaction(
  funds: Funds,
  change: Pick<Draft, 'amount' | 'pending'>,
  at: number,
): Funds {
  if (!change.pending) {
    return { ...funds, ledger: funds.ledger + change.amount, changedAt: at };
  }
  if (change.amount > 0n) return funds;
  return { ...funds, held: funds.held + magnitude(change.amount), changedAt: at };
}

/** Undoes what `withTransaction` did for a transaction. */
export function withoutTransaction(funds: Funds, transaction: Transaction, at: number): Funds {
  if (transaction.clearedAt !== null) {
    return { ...funds, ledger: funds.ledger - transaction.amount, changedAt: at };
  }
  if (transaction.amount > 0n) return funds;
  return { ...funds, held: funds.held - magnitude(transaction.amount), changedAt: at };
}

function newTransaction(
  random: Random,
  draft: Draft & { readonly transactedAt: number },
  funds: Funds,
  at: number,
): Transaction {
  return {
    id: random.objectId(),
    amount: draft.amount,
    transactedAt: draft.transactedAt,
    clearedAt: draft.pending ? null : draft.transactedAt,
    ref: `FT${random.digits(12)}`,
    code: draft.amount < 0n ? 'DR' : 'CR',
    branch: random.digits(3),
    balance: draft.pending ? available(funds) : funds.ledger,
    description: draft.description,
    counterparty: draft.counterparty,
    pendingId: null,
    createdAt: at,
    updatedAt: at,
  };
}
