import { ProviderError } from '../errors.ts';
import type { CallContext, RejectedItem, Timestamp } from '../provider.ts';
import type { ProviderTransaction } from '../provider.ts';
import type { LosslessJson } from '../json.ts';
import { accountPath, type MonoAnswer, type MonoApi } from './api.ts';
import { monoError } from './errors.ts';
import { halves, monoDate, type Range } from './range.ts';
import { readTransaction } from './transform/read-transaction.ts';

const MOST_ON_PAGE = 1_000;
/** Far above any account's history; ends a list that always has one more page. */
const MOST_PAGES = 10_000;

export interface ListPage {
  readonly upserts: readonly ProviderTransaction[];
  readonly rejected: readonly RejectedItem[];
}

export interface ListEnd {
  /** Mono's clock as it gave the list: of several the first. */
  readonly at: Timestamp;
  /** Whether it came in one answer, in which nothing can have moved. */
  readonly isSnapshot: boolean;
}

/**
 * Reads the rows of a range in one answer (`paginate=false`). Mono's pages are places in a list that moves when it
 * retrieves anew: what is removed meanwhile hides a row behind it, and nothing in the answers tells. One
 * answer is a snapshot.
 *
 * One that is larger than `maxBytes` is read in halves instead, which are no snapshot together; nor are the pages
 * of an answer that is only the first of them.
 */
export async function* readList(
  api: MonoApi,
  accountId: string,
  currency: string,
  range: Range,
  context: CallContext,
): AsyncGenerator<ListPage, ListEnd, void> {
  let answer: MonoAnswer;
  try {
    answer = await fetchAll(api, accountId, range, context);
  } catch (error) {
    const parts = isTooLarge(error) ? halves(range) : null;
    if (!parts) throw error;
    const first = yield* readList(api, accountId, currency, parts[0], context);
    yield* readList(api, accountId, currency, parts[1], context);
    return { at: first.at, isSnapshot: false };
  }
  const { at } = answer;
  const { total } = answer.meta;
  let count = 0;
  let page = 1;
  for (; page <= MOST_PAGES; page += 1) {
    if (answer.meta['total'] !== total) throw monoError('restart', 'list_moved');
    const rows = rowsIn(answer);
    yield* pagesOf(answer, rows, currency);
    count += rows.length;
    if (!isPart(answer, count)) return { at, isSnapshot: page === 1 };
    // It says that there is more, and gives nothing.
    if (rows.length === 0) break;
    answer = await fetchAll(api, accountId, range, context, page + 1);
  }
  throw monoError('bug', 'list_incomplete');
}

function* pagesOf(
  answer: MonoAnswer,
  rows: readonly LosslessJson[],
  currency: string,
): Generator<ListPage, void, void> {
  for (let start = 0; start < rows.length; start += MOST_ON_PAGE) {
    const upserts: ProviderTransaction[] = [];
    const rejected: RejectedItem[] = [];
    for (const value of rows.slice(start, start + MOST_ON_PAGE)) {
      const item = { value, raw: answer.sourceOf(value), isCut: answer.isCut(value) };
      const one = readTransaction(item, currency);
      if ('transaction' in one) upserts.push(one.transaction);
      else rejected.push(one.rejected);
    }
    yield { upserts, rejected };
  }
}

async function fetchAll(
  api: MonoApi,
  accountId: string,
  { from, to }: Range,
  context: CallContext,
  page = 1,
): Promise<MonoAnswer> {
  const range = { start: monoDate(from), end: monoDate(to) };
  const query = page === 1 ? { ...range, paginate: 'false' } : { ...range, page: String(page) };
  const path = accountPath(accountId, 'transactions');
  return await api.call({ method: 'GET', path, query, subject: 'account' }, context);
}

/** A success without its list is not an empty list: taken for one, it would prove every row gone. */
function rowsIn({ data }: MonoAnswer): readonly LosslessJson[] {
  if (!Array.isArray(data)) throw monoError('retry', 'answer_empty');
  return data;
}

/** Whether there are more than `count` rows: Mono has answered with a page all the same. */
function isPart({ meta }: MonoAnswer, count: number): boolean {
  const { total, next } = meta;
  return (typeof total === 'string' && Number(total) > count) || typeof next === 'string';
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'response_too_large';
}
