import type { Products } from 'plaid';
import type { BankAccount, Login } from '../bank/types.ts';
import { plaidId, token } from '../ids.ts';
import type { World } from '../world.ts';
import { completeHistoricalUpdate } from './complete-updates.ts';
import type { Item } from './types.ts';

export interface ItemToCreate {
  readonly login: Login;
  readonly accounts: readonly BankAccount[];
  readonly products: readonly `${Products}`[];
  readonly webhook: string | null;
  readonly daysRequested: number;
}

export function createItem(world: World, asked: ItemToCreate): Item {
  const item: Item = {
    id: plaidId(),
    accessToken: token('access', world.environment),
    loginId: asked.login.id,
    institutionId: asked.login.institutionId,
    products: [...asked.products],
    createdAt: world.clock.now(),
    daysRequested: asked.daysRequested,
    webhook: asked.webhook,
    accounts: [],
    error: null,
    consentExpiresAt: null,
    removed: false,
    status: 'NOT_READY',
    waiting: [],
    log: new Map(),
    head: 0,
    syncCalled: false,
    lastSuccessfulUpdate: null,
    lastFailedUpdate: null,
    lastWebhook: null,
    refreshesWaiting: 0,
  };
  world.items.set(item.id, item);
  shareAccounts(world, item, asked.accounts);
  if (item.products.includes('transactions')) prepareTransactions(world, item);
  return item;
}

/** Gives the item accounts that it does not have yet, each under a new `account_id`. */
export function shareAccounts(world: World, item: Item, accounts: readonly BankAccount[]): void {
  for (const account of accounts) {
    if (item.accounts.some(({ bankAccountId }) => bankAccountId === account.id)) continue;
    item.accounts.push({
      id: plaidId(),
      bankAccountId: account.id,
      cached: account.balances,
      cachedAt: world.clock.now(),
    });
    item.waiting.push(
      ...[...account.transactions.values()]
        .toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)))
        .map((transaction) => ({ kind: 'added' as const, transaction })),
    );
  }
}

/** Starts what Link, or a first `/transactions/sync`, starts: the initial and historical pulls. */
export function prepareTransactions(world: World, item: Item): void {
  if (world.settings.preparation === 'done') completeHistoricalUpdate(world, item);
}
