import { Hono } from 'hono';
import { z } from 'zod';
import { findBalance } from '../../db/find-balance.ts';
import { listSyncRuns } from '../../db/list-sync-runs.ts';
import { listTransactions } from '../../db/list-transactions.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { decodeCursor, TIMESTAMP, toPage, UUID } from '../http/cursor.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import { freshnessOf } from '../schemas/freshness.ts';
import { balance, sync, toSync, toTransaction, transactionPage } from '../schemas/reading.ts';
import { describe } from './describe.ts';

const TAG = 'Data';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

export function readingRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get(
      '/:id/balance',
      describe(TAG, 'Get an account’s balance', { 200: balance }, [401, 404]),
      validate('param', idParam),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const row = await findBalance(db, account.id);
        if (!row) throw new Problem(404, 'not_synced_yet', 'The balance has not been read yet.');
        return c.json({
          account_id: account.id,
          available: row.available,
          current: row.current,
          limit: row.credit_limit,
          currency: row.currency,
          changed_at: row.changed_at.toISOString(),
          ...freshnessOf(account, 'balance'),
          data_as_of: row.data_as_of.toISOString(),
        });
      },
    )
    .get(
      '/:id/transactions',
      describe(
        TAG,
        'List an account’s transactions, newest first',
        { 200: transactionPage },
        [400, 401, 404],
      ),
      validate('param', idParam),
      validate('query', z.strictObject({ limit, cursor, include_removed: flag })),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const { limit: size, cursor: from, include_removed: includeRemoved } = c.req.valid('query');
        const [transactedAt = '', id = ''] =
          from === undefined ? [] : decodeCursor(from, [TIMESTAMP, UUID]);
        const rows = await listTransactions(db, {
          accountId: account.id,
          limit: size + 1,
          includeRemoved,
          after: from === undefined ? null : { transactedAt, id },
        });
        const page = toPage(rows, size, (row) => [row.position, row.id], toTransaction);
        return c.json({ ...page, ...freshnessOf(account, 'transaction') });
      },
    )
    .get(
      '/:id/syncs',
      describe(
        TAG,
        'List an account’s syncs, newest first',
        { 200: pageOf(sync) },
        [400, 401, 404],
      ),
      validate('param', idParam),
      validate('query', z.strictObject({ limit, cursor })),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const { limit: size, cursor: from } = c.req.valid('query');
        const [before] = from === undefined ? [] : decodeCursor(from, [UUID]);
        const rows = await listSyncRuns(db, { accountId: account.id, limit: size + 1, before });
        return c.json(toPage(rows, size, (row) => [row.id], toSync));
      },
    );
}
