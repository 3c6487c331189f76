import { chooseRows } from '../choose-rows.ts';
import type { Settings } from '../settings.ts';
import { realTimeAnswer } from '../real-time.ts';
import type { Transaction } from '../types.ts';
import { badRequest } from '../wire/api-error.ts';
import type { Answer } from '../wire/envelope.ts';
import type { Request } from '../wire/read-call.ts';
import { linkedAccount, type Handle } from './handle.ts';

/**
 * GET /v2/accounts/{id}/transactions: a page by number and limit of what is held now, so that rows
 * move between the pages when there is an extraction in between. Newest first, as in the examples.
 *
 * Before any were retrieved there are none (docs/financial-data/connect-link).
 */
export const readTransactions: Handle = async (fake, request) => {
  const account = linkedAccount(fake, request);
  await fake.pageHooks.run({ accountId: account.id, page: request.page ?? 1 });
  const realTime = realTimeAnswer(fake, account, 'transactions', request.realTime);
  if (realTime.instead !== null) return realTime.instead;
  const { settings } = fake.world;
  const rows = chooseRows(account.shown.transactions ?? [], request.query, settings.recentCount);
  return {
    ...paged(rows, request, settings),
    message: 'Transaction retrieved successfully',
    headers: realTime.headers,
  };
};

/** `paginate=false` gives all, and `meta` all the same (seen by an open-source client). */
function paged(
  rows: readonly Transaction[],
  { account, query }: Request,
  settings: Settings,
): Answer {
  if (query['paginate'] === 'false' && !settings.alwaysPages) {
    return { data: [...rows].map(row), meta: meta(rows.length, 1, null, null) };
  }
  const limit = Math.min(wholeNumber(query['limit'], settings.pageSize), settings.maxLimit);
  const number = wholeNumber(query['page'], 1);
  const start = (number - 1) * limit;
  // Without `/accounts`, as in every example.
  const link = (to: number): string =>
    `https://api.withmono.com/v2/${account}/transactions?page=${to}`;
  const more = start + limit < rows.length;
  return {
    data: rows.slice(start, start + limit).map(row),
    meta: meta(
      rows.length,
      number,
      number > 1 ? link(number - 1) : null,
      more ? link(number + 1) : null,
    ),
  };
}

function meta(
  total: number,
  page: number,
  previous: string | null,
  next: string | null,
): { total: number; page: number; previous: string | null; next: string | null } {
  return { total, page, previous, next };
}

function row({ id, narration, amount, type, balance, date, category }: Transaction): {
  [field: string]: string | number | null;
} {
  return { id, narration, amount, type, balance, date, category };
}

function wholeNumber(given: string | undefined, otherwise: number): number {
  const number = given === undefined ? otherwise : Number(given);
  if (!Number.isInteger(number) || number < 1) {
    throw badRequest('"page" and "limit" must be whole numbers from 1');
  }
  return number;
}
