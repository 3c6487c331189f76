import { ProviderError } from '../errors.ts';
import type {
  AccountRef,
  CalendarDate,
  CallContext,
  JsonValue,
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../provider.ts';
import { addDays, dateOf } from '../timestamp.ts';
import type { OkraApi } from './api.ts';
import type { OkraSettings } from './config.ts';
import { connectionOf } from './connection.ts';
import { cursorOf, recordOf, sinceOf } from './positions.ts';
import { refreshAtBank } from './refresh.ts';
import {
  createTransactionReader,
  later,
  type Seen,
  type TransactionReader,
} from './transaction-pages.ts';

/**
 * How far an incremental read reaches back before the last extraction. Its date window is over
 * `trans_date`, which stays as it is while a pending transaction settles or lapses; that takes
 * days, and card authorisations commonly lapse after seven.
 */
const OVERLAP_DAYS = 7;

type Reading = AsyncGenerator<TransactionsPage, TransactionsEnd, void>;

/** Reads the transactions of one account: see `Provider.fetchTransactions`. */
export async function* fetchTransactions(
  api: OkraApi,
  settings: OkraSettings,
  account: AccountRef,
  query: TransactionsQuery,
  options: { readonly refresh: boolean },
  context: CallContext,
): Reading {
  const { providerAccountId } = account;
  const { customer } = connectionOf(account);
  if (options.refresh) {
    await refreshAtBank(api, settings, 'transactions/refresh', providerAccountId, context);
  }
  const reader = createTransactionReader(api, settings.pageSize, providerAccountId, context);
  if (query.scope === 'full') return yield* readFull(reader, providerAccountId);
  if (query.scope === 'hint') {
    return yield* readHint(reader, providerAccountId, customer, query.hint);
  }
  return yield* readSince(reader, providerAccountId, customer, sinceOf(query.cursor));
}

async function* readFull(reader: TransactionReader, providerAccountId: string): Reading {
  const begun = new Date().toISOString();
  const seen = yield* reader.all('transactions/getByAccount', { account: providerAccountId });
  const dataAsOf = seen.extractedAt ?? seen.newestChange ?? begun;
  return { cursor: cursorOf(dateOf(dataAsOf)), complete: { from: null, to: null }, dataAsOf };
}

/**
 * The only dated read is over all accounts of the customer, at all banks, and tells the newest
 * extraction of any of them. So this account's own is looked up first: another bank's must not move
 * its cursor. It also tells the bank's date, where its clock is ahead of ours.
 */
async function* readSince(
  reader: TransactionReader,
  providerAccountId: string,
  customer: string,
  since: CalendarDate,
): Reading {
  const glimpse = (): Promise<Seen> =>
    reader.glimpse('transactions/getByAccount', { account: providerAccountId });
  const own = await glimpse();
  const dataAsOf = own.extractedAt ?? own.newestChange ?? `${since}T00:00:00.000Z`;
  const today = later(dateOf(new Date().toISOString()), dateOf(dataAsOf), since) ?? since;
  const window = { from: addDays(since, -OVERLAP_DAYS), to: addDays(today, 1) };
  const seen = yield* reader.all('transactions/getByCustomerDate', { customer, ...window });
  // Where consent to this bank ended meanwhile, the list holds the other banks' rows alone: a look
  // at the account itself throws then, before the absence of its rows is taken for their removal.
  if (seen.newestChange === null) await glimpse();
  return { cursor: cursorOf(dateOf(dataAsOf)), complete: window, dataAsOf };
}

/**
 * A record is one extraction: it lists what that one added or changed, and proves nothing about the
 * rest.
 */
async function* readHint(
  reader: TransactionReader,
  providerAccountId: string,
  customer: string,
  hint: JsonValue,
): Reading {
  const { record, at } = recordOf(hint);
  const begun = new Date().toISOString();
  try {
    const seen = yield* reader.all('transactions/byRecord', { record_id: record });
    // Not the newest extraction's time: what that one changed may lie outside this record.
    const dataAsOf = at ?? seen.newestChange ?? seen.extractedAt ?? begun;
    return { cursor: null, complete: null, dataAsOf };
  } catch (error) {
    if (!isUnknownRecord(error)) throw error;
  }
  const since = dateOf(at ?? begun);
  const end = yield* readSince(reader, providerAccountId, customer, since);
  return { ...end, cursor: null };
}

/** A record that the bank has forgotten says nothing about the account. */
function isUnknownRecord(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'account_unknown';
}
