import { ProviderError } from '../errors.ts';
import type {
  ProviderContext,
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';
import { cursorFor, cursorOf } from './cursor.ts';
import { plaidError } from './errors.ts';
import { assertConsent } from './item.ts';
import type { RecentItems } from './recent-items.ts';
import { refreshTransactions } from './refresh.ts';
import type { PlaidSettings } from './settings.ts';
import { readSyncPage, type SyncPage } from './sync-page.ts';

/** Far above any account's history; ends a stream that always has one more page. */
const MAX_PAGES = 10_000;

type Reading = AsyncGenerator<TransactionsPage, TransactionsEnd, void>;

/**
 * Reads the transactions of one account: see `Provider.fetchTransactions`. A cursor from the middle of a
 * read leaves these functions nowhere: a page that fails fails the read, and the next attempt begins
 * at the cursor of the first page again, as Plaid asks for.
 */
export async function* fetchTransactions(
  api: PlaidApi,
  items: RecentItems,
  settings: PlaidSettings,
  item: PlaidItem,
  providerAccountId: string,
  query: TransactionsQuery,
  options: { readonly refresh: boolean },
  context: ProviderContext,
): Reading {
  if (query.scope === 'hint') throw plaidError('bug', 'hint_malformed');
  const since = query.scope === 'full' ? null : cursorOf(query.cursor);
  const state = await items.read(item, context);
  assertConsent(state);
  if (options.refresh) await refreshTransactions(api, item, context);
  // As old as Plaid's own copy of the bank's list can be, and never newer than it.
  const dataAsOf = state.updatedAt ?? state.createdAt ?? new Date().toISOString();

  const { daysRequested } = settings;
  const page = (cursor: string | null): Promise<SyncPage> =>
    readSyncPage(api, item, { providerAccountId, cursor, daysRequested }, context);
  const preparing = { cursor: null, complete: null, dataAsOf, preparing: true } as const;

  let from = since;
  let next: SyncPage;
  try {
    next = await page(from);
  } catch (error) {
    if (isProviderError(error, 'product_not_ready')) return preparing;
    // A cursor that Plaid does not know (any more), which it calls INVALID_FIELD as it does no other of
    // these fields: the account is read from the beginning.
    if (from === null || !isProviderError(error, 'invalid_field')) throw error;
    from = null;
    next = await page(from);
  }
  for (let pages = 1; ; pages += 1) {
    if (next.status === 'NOT_READY' || next.nextCursor === '') return preparing;
    yield { upserts: next.upserts, rejected: next.rejected, removed: next.removed };
    if (!next.hasMore) break;
    if (pages >= MAX_PAGES) throw plaidError('bug', 'pagination_endless');
    next = await furtherPage(() => page(next.nextCursor));
  }
  return endOf(next, from === null, dataAsOf);
}

/**
 * A stream that was read from its beginning holds everything, once Plaid says that it has all of the
 * history. A status that is not known proves nothing, and keeps nothing waiting: what is still to come
 * comes after the cursor.
 */
function endOf(last: SyncPage, isWhole: boolean, dataAsOf: string): TransactionsEnd {
  const isComplete = last.status === 'HISTORICAL_UPDATE_COMPLETE';
  return {
    cursor: cursorFor(last.nextCursor),
    complete: isWhole && isComplete ? { from: null, to: null } : null,
    dataAsOf,
    preparing: last.status === 'INITIAL_UPDATE_COMPLETE',
  };
}

/** The cursor of the page before is Plaid's own of a moment ago: refused, it was moved. */
async function furtherPage(page: () => Promise<SyncPage>): Promise<SyncPage> {
  try {
    return await page();
  } catch (error) {
    if (isProviderError(error, 'invalid_field')) throw plaidError('restart', 'pagination_moved');
    throw error;
  }
}

function isProviderError(error: unknown, code: string): boolean {
  return error instanceof ProviderError && error.code === code;
}
