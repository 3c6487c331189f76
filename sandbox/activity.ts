import type { Account } from './institution/account.ts';
import { bookTransaction } from './institution/book-transaction.ts';
import { drawTransaction } from './institution/draw-transactions.ts';
import { enterTransactions } from './institution/enter-transactions.ts';
import type { ActivitySettings } from './settings.ts';
import type { World } from './state/world.ts';
import { announceChange } from './webhooks/announce.ts';
import type { Outbox } from './webhooks/outbox.ts';

/** What the bank does by itself: customers paying and being paid. */
export interface Activity {
  /** Goes by the present settings from now on. */
  restart(): void;
  close(): void;
}

export function createActivity(world: World, outbox: Outbox): Activity {
  let timer: NodeJS.Timeout | null = null;
  let turn = 0;

  const close = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  const act = (settings: ActivitySettings): void => {
    const accounts = accountsFor(world, settings);
    const account = accounts[turn % Math.max(accounts.length, 1)];
    turn += 1;
    if (account === undefined) return;
    world.change(() => {
      pay(world, account, settings);
      if (settings.webhooks === 'send') {
        announceChange(world, outbox, account, { balance: 'when_changed' });
      }
    });
  };

  return {
    close,
    restart() {
      close();
      const { activity } = world.state.settings;
      if (activity !== null) timer = setInterval(() => act(activity), activity.everyMs);
    },
  };
}

function accountsFor(world: World, settings: ActivitySettings): Account[] {
  if (settings.accounts === 'all') return [...world.state.accounts.values()];
  return settings.accounts.flatMap((id) => world.state.accounts.get(id) ?? []);
}

/** Books a pending transaction now and then, else makes new ones. */
function pay(world: World, account: Account, settings: ActivitySettings): void {
  const random = world.random('activity');
  const [pending] = account.live
    .values()
    .filter(({ clearedAt }) => clearedAt === null)
    .take(1);
  if (pending !== undefined && random.below(2) === 0) {
    bookTransaction(world, account, pending, random.below(2) === 0 ? 'same_id' : 'new_id');
    return;
  }
  const drafts = Array.from({ length: settings.count }, () =>
    drawTransaction(random, { transactedAt: null, pendingPercent: settings.pendingPercent }),
  );
  enterTransactions(world, account, drafts);
}
