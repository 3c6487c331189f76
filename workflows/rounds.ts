import { condition } from '@temporalio/workflow';
import type { Product } from '../config/product.ts';
import { askFor, stillBecause, type AccountSyncState } from './account-state.ts';
import type { SyncOutcome } from './messages.ts';

/** Which syncs run and how they ended, for those who wait for one. */
export interface Rounds {
  readonly syncing: ReadonlySet<Product>;
  begin(name: Product): void;
  end(outcome: SyncOutcome): void;
  /** Asks for a sync of each product and waits until a later one than now has ended, or cannot. */
  refresh(products: readonly Product[], full: boolean): Promise<SyncOutcome[]>;
  /** Whether so many wait that no more should. */
  isFull(): boolean;
}

/** Temporal lets ten updates of a workflow be under way: some are left for changes of the settings. */
const MOST_WAITING = 6;

/** @param closing whether the run must end soon: then nobody is kept waiting. */
export function createRounds(state: AccountSyncState, closing: () => boolean): Rounds {
  const syncing = new Set<Product>();
  let waiting = 0;
  const ended: Record<Product, { count: number; last: SyncOutcome | null }> = {
    balance: { count: 0, last: null },
    transaction: { count: 0, last: null },
  };

  /** How a wait for round `target` has ended; null while it has not. */
  function answer(name: Product, target: number): SyncOutcome | null {
    const { count, last } = ended[name];
    if (count >= target && last) return last;
    if (state.unlinked) return notRun(name, 'paused', 'account_unlinked');
    // It runs, and will end by itself.
    if (syncing.has(name) && count + 1 >= target) return null;
    const reason = stillBecause(state);
    if (reason !== null) return notRun(name, 'paused', reason);
    if (!state.settings.products.includes(name)) return notRun(name, 'paused', 'product_off');
    const { notBefore, lastErrorCode } = state.products[name];
    if (notBefore !== null) return notRun(name, 'failed', lastErrorCode);
    return closing() ? notRun(name, 'running', null) : null;
  }

  return {
    syncing,
    begin(name) {
      syncing.add(name);
    },
    end(outcome) {
      syncing.delete(outcome.product);
      ended[outcome.product].count += 1;
      ended[outcome.product].last = outcome;
    },
    async refresh(products, full) {
      // A sync that is already running may have read the bank before this was asked: the one after
      // it counts.
      const targets = products.map(
        (name) => [name, ended[name].count + (syncing.has(name) ? 2 : 1)] as const,
      );
      askFor(state, products, 'manual', full);
      let answers: readonly SyncOutcome[] = [];
      waiting += 1;
      try {
        await condition(() => {
          const found = targets.map(([name, target]) => answer(name, target));
          // What is true now may not be when the caller goes on.
          answers = found.filter((one) => one !== null);
          return answers.length === found.length;
        });
      } finally {
        waiting -= 1;
      }
      return [...answers];
    },
    isFull: () => waiting >= MOST_WAITING,
  };
}

export function notRun(
  product: Product,
  outcome: SyncOutcome['outcome'],
  errorCode: string | null,
): SyncOutcome {
  return { product, outcome, added: 0, changed: 0, removed: 0, errorCode };
}
