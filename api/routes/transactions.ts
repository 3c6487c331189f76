import { Hono } from 'hono';
import { z } from 'zod';
import { findTransaction, listTransactionChanges } from '../../db/transactions/find-transaction.ts';
import { listTransactions } from '../../db/transactions/list-transactions.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { conditional } from '../http/conditional.ts';
import { TIMESTAMP, toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit } from '../schemas/common.ts';
import { amount, date, flag, text } from '../schemas/filters.ts';
import { freshnessOf } from '../schemas/freshness.ts';
import {
  toTransactionChange,
  transactionPage,
  transactionWithChanges,
} from '../schemas/transaction.ts';
import { toTransaction } from '../../resources/transaction.ts';
import { describe } from './describe.ts';

const TAG = 'Data';

const MOST_CHANGES = 200;

const listQuery = z.strictObject({
  limit,
  cursor,
  status: z.enum(['pending', 'posted']).optional(),
  booked_from: date.optional().describe('The first booked_date. Leaves out what is pending.'),
  booked_to: date.optional().describe('The last booked_date. Leaves out what is pending.'),
  transacted_from: date.optional().describe('The first UTC date of transacted_at.'),
  transacted_to: date.optional().describe('The last UTC date of transacted_at.'),
  min_amount: amount.optional().describe('Compared exactly. Money out is negative.'),
  max_amount: amount.optional().describe('Compared exactly. Money out is negative.'),
  text: text.optional().describe('Found in the description or the counterparty, in any case.'),
  include_removed: flag,
});

const transactionParam = idParam.extend({
  transaction_id: z.uuid({ error: 'must be a UUID' }),
});

export function transactionRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get(
      '/:id/transactions',
      describe(
        TAG,
        'List an account’s transactions, newest first',
        { 200: transactionPage },
        [400, 401, 404],
        { conditional: true },
      ),
      conditional(),
      validate('param', idParam),
      validate('query', listQuery),
      async (c) => {
        const account = await accountOr404(db, c.req.valid('param').id);
        const { limit: size, cursor: from, ...query } = c.req.valid('query');
        const place = listCursor(['transactions', account.id, query], [TIMESTAMP, UUID]);
        const [transactedAt = '', id = ''] = from === undefined ? [] : place.decode(from);
        const filter = {
          accountId: account.id,
          status: query.status,
          bookedFrom: query.booked_from,
          bookedTo: query.booked_to,
          transactedFrom: query.transacted_from,
          transactedTo: query.transacted_to,
          minAmount: query.min_amount,
          maxAmount: query.max_amount,
          text: query.text,
          includeRemoved: query.include_removed,
        };
        const rows = await listTransactions(db, filter, {
          limit: size + 1,
          order: 'newest first',
          after: from === undefined ? null : { transactedAt, id },
        });
        const page = toPage(
          rows,
          size,
          (row) => [row.position, row.id],
          toTransaction,
          place.encode,
        );
        return c.json({ ...page, ...freshnessOf(account, 'transaction') });
      },
    )
    .get(
      '/:id/transactions/:transaction_id',
      describe(
        TAG,
        'Get a transaction, removed or not, with what changed in it',
        { 200: transactionWithChanges },
        [400, 401, 404],
        { conditional: true },
      ),
      conditional(),
      validate('param', transactionParam),
      async (c) => {
        const { id, transaction_id: transactionId } = c.req.valid('param');
        const account = await accountOr404(db, id);
        const row = await findTransaction(db, account.id, transactionId);
        if (!row) throw notFound('transaction of this account');
        const changes = await listTransactionChanges(db, row.id, MOST_CHANGES);
        return c.json({
          ...toTransaction(row),
          changes: changes.map(toTransactionChange),
          ...freshnessOf(account, 'transaction'),
        });
      },
    );
}
