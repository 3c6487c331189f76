import type {
  CallContext,
  ProviderTransaction,
  RejectedItem,
  Timestamp,
  TransactionsPage,
} from '../provider.ts';
import type { OkraApi } from './api.ts';
import { readPages, type ListPage } from './pages.ts';
import { readTransaction } from './transform/rejected-transaction.ts';

/** What the pages told of time. */
export interface Seen {
  /** When the bank was last asked. */
  readonly extractedAt: Timestamp | null;
  /** The newest change among this account's transactions. */
  readonly newestChange: Timestamp | null;
}

/**
 * Reads lists of transactions, of which only the ones of `providerAccountId` are kept: some lists
 * mix a customer's accounts.
 */
export interface TransactionReader {
  all(
    path: string,
    body: Readonly<Record<string, string>>,
  ): AsyncGenerator<TransactionsPage, Seen, void>;
  /** Looks at the newest transaction alone. */
  glimpse(path: string, body: Readonly<Record<string, string>>): Promise<Seen>;
}

/** What a page holds of one account. */
interface OwnItems {
  readonly upserts: ProviderTransaction[];
  readonly rejected: RejectedItem[];
}

const KEYS = ['transaction', 'transactions'];

export function createTransactionReader(
  api: OkraApi,
  pageSize: number,
  providerAccountId: string,
  context: CallContext,
): TransactionReader {
  function ownOf(page: ListPage): OwnItems {
    const own: OwnItems = { upserts: [], rejected: [] };
    for (const listed of page.items) {
      const item = readTransaction(listed);
      if (item.account !== null && item.account !== providerAccountId) continue;
      if ('transaction' in item) own.upserts.push(item.transaction);
      else own.rejected.push(item.rejected);
    }
    return own;
  }

  return {
    async *all(path, body) {
      let seen: Seen = { extractedAt: null, newestChange: null };
      for await (const page of readPages(api, { path, body, keys: KEYS }, pageSize, context)) {
        const own = ownOf(page);
        seen = add(seen, page, own.upserts);
        yield { ...own, removed: [] };
      }
      return seen;
    },
    async glimpse(path, body) {
      for await (const page of readPages(api, { path, body, keys: KEYS }, 1, context)) {
        return add({ extractedAt: null, newestChange: null }, page, ownOf(page).upserts);
      }
      return { extractedAt: null, newestChange: null };
    },
  };
}

function add(seen: Seen, page: ListPage, own: readonly ProviderTransaction[]): Seen {
  const changes = own.map((transaction) => transaction.providerUpdatedAt);
  return {
    extractedAt: seen.extractedAt ?? page.extractedAt,
    newestChange: later(seen.newestChange, ...changes),
  };
}

/** The latest of some moments (or dates): their ISO forms sort by time. */
export function later<T extends string>(...moments: readonly (T | null)[]): T | null {
  let latest: T | null = null;
  for (const moment of moments) {
    if (moment !== null && (latest === null || moment > latest)) latest = moment;
  }
  return latest;
}
