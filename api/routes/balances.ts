import { Hono } from 'hono';
import { z } from 'zod';
import { findBalance } from '../../db/balances/find-balance.ts';
import { listBalanceHistory } from '../../db/balances/list-balance-history.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { conditional } from '../http/conditional.ts';
import { TIMESTAMP, toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { toStoredBalance } from '../../resources/balance.ts';
import { balance, balanceHistoryPage, toPastBalance } from '../schemas/balance.ts';
import { cursor, idParam, limit } from '../schemas/common.ts';
import { date } from '../schemas/filters.ts';
import { freshnessOf } from '../schemas/freshness.ts';
import { describe } from './describe.ts';

const TAG = 'Data';

const historyQuery = z.strictObject({
  limit,
  cursor,
  from: date.optional().describe('The first UTC date of data_as_of.'),
  to: date.optional().describe('The last UTC date of data_as_of.'),
});

export function balanceRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get(
      '/:id/balance',
      describe(TAG, 'Get an account’s balance', { 200: balance }, [400, 401, 404], {
        conditional: true,
      }),
      conditional(),
      validate('param', idParam),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const row = await findBalance(db, account.id);
        if (!row) throw new Problem(404, 'not_synced_yet', 'The balance has not been read yet.');
        const stored = toStoredBalance({ account_id: account.id, ...row });
        return c.json({ ...freshnessOf(account, 'balance'), ...stored });
      },
    )
    .get(
      '/:id/balance/history',
      describe(
        TAG,
        'List the changes of an account’s balance, newest first',
        { 200: balanceHistoryPage },
        [400, 401, 404],
        { conditional: true },
      ),
      conditional(),
      validate('param', idParam),
      validate('query', historyQuery),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const { limit: size, cursor: from, ...range } = c.req.valid('query');
        const place = listCursor(['balance/history', account.id, range], [TIMESTAMP, UUID]);
        const [dataAsOf = '', id = ''] = from === undefined ? [] : place.decode(from);
        const rows = await listBalanceHistory(db, {
          ...range,
          accountId: account.id,
          limit: size + 1,
          after: from === undefined ? null : { dataAsOf, id },
        });
        const page = toPage(
          rows,
          size,
          (row) => [row.position, row.id],
          toPastBalance,
          place.encode,
        );
        return c.json({ ...page, ...freshnessOf(account, 'balance') });
      },
    );
}
