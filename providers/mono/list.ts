import { ProviderError } from '../errors.ts';
import type { CallContext, RejectedItem, Timestamp } from '../provider.ts';
import type { ProviderTransaction } from '../provider.ts';
import { accountPath, type MonoAnswer, type MonoApi } from './api.ts';
import { monoError } from './errors.ts';
import { halves, monoDate, type Range } from './range.ts';
import { readTransaction } from './transform/read-transaction.ts';

const MOST_ON_PAGE = 1_000;

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
 * One that is larger than `maxBytes` is read in halves instead, which are no snapshot together.
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
  const rows = rowsIn(answer);
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
  return { at: answer.at, isSnapshot: true };
}

async function fetchAll(
  api: MonoApi,
  accountId: string,
  { from, to }: Range,
  context: CallContext,
): Promise<MonoAnswer> {
  const query = { start: monoDate(from), end: monoDate(to), paginate: 'false' };
  const path = accountPath(accountId, 'transactions');
  return await api.call({ method: 'GET', path, query, subject: 'account' }, context);
}

/**
 * A success without its list is not an empty list: taken for one, it would prove every row gone. A list that
 * is shorter than it says is a page, and would prove the same of the others.
 */
function rowsIn({ data, meta }: MonoAnswer) {
  if (!Array.isArray(data)) throw monoError('retry', 'answer_empty');
  const { total, next } = meta;
  const isShort = typeof total === 'string' && Number(total) > data.length;
  if (isShort || typeof next === 'string') throw monoError('bug', 'list_incomplete');
  return data;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'response_too_large';
}
