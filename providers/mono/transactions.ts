import type {
  AccountRef,
  CalendarDate,
  CallContext,
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../provider.ts';
import { dateOf } from '../timestamp.ts';
import type { MonoApi } from './api.ts';
import { cursorOf, sinceOf } from './cursor.ts';
import { availabilityOf, refuseMissing } from './data-status.ts';
import { readDetails } from './details.ts';
import { monoError } from './errors.ts';
import { readList } from './list.ts';
import { everything, laterDate, provenDays, since, todayBy } from './range.ts';
import { currencyOf } from './transform/account.ts';

/**
 * Reads what Mono holds: see `Provider.fetchTransactions`. How far Mono is, is asked before and after: while it
 * retrieves, lists are empty or short, and prove nothing.
 */
export async function* readTransactions(
  api: MonoApi,
  { providerAccountId }: AccountRef,
  query: TransactionsQuery,
  context: CallContext,
): AsyncGenerator<TransactionsPage, TransactionsEnd, void> {
  if (query.scope === 'hint') throw monoError('bug', 'hint_malformed');
  const known = query.scope === 'incremental' ? sinceOf(query.cursor) : null;
  const before = await readDetails(api, providerAccountId, context);
  const { at } = before.answer;
  const availability = availabilityOf('transactions', before.meta);
  if (availability === 'processing') return preparing(at);
  refuseMissing('transactions', availability);

  const today = todayBy(at);
  const range = known === null ? everything(today) : since(known, today);
  const list = readList(api, providerAccountId, currencyOf(before.account), range, context);
  let newest = known;
  let count = 0;
  let next = await list.next();
  for (; !next.done; next = await list.next()) {
    const { upserts, rejected } = next.value;
    count += upserts.length + rejected.length;
    newest = newestOf(newest, upserts, today);
    yield { ...next.value, removed: [] };
  }

  const after = await readDetails(api, providerAccountId, context);
  const later = availabilityOf('transactions', after.meta);
  const dataAsOf = next.value.at;
  if (later === 'processing') return preparing(dataAsOf);
  const isSure = availability === 'available' && later === 'available';
  const isProof = isSure && next.value.isSnapshot;
  const proven = known === null ? { from: null, to: null } : provenDays(range);
  return {
    // Nothing, where Mono does not say that there is nothing, is no point to go on from.
    cursor: isSure || count > 0 ? cursorOf(newest) : null,
    complete: isProof ? proven : null,
    dataAsOf,
  };
}

const preparing = (dataAsOf: string): TransactionsEnd => ({
  cursor: null,
  complete: null,
  dataAsOf,
  preparing: true,
});

function newestOf(
  known: CalendarDate | null,
  rows: TransactionsPage['upserts'],
  today: CalendarDate,
): CalendarDate | null {
  let newest = known;
  for (const { transactedAt } of rows) {
    const date = dateOf(transactedAt);
    if (date <= today) newest = newest === null ? date : laterDate(newest, date);
  }
  return newest;
}
