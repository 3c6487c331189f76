import { Hono } from 'hono';
import { z } from 'zod';
import { listPaidCalls } from '../../db/calls/list-paid-calls.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toPage } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { validate } from '../http/validate.ts';
import { cursor, limit, pageOf } from '../schemas/common.ts';
import { date, text } from '../schemas/filters.ts';
import { paidCalls, toPaidCalls } from '../schemas/paid-calls.ts';
import { describe } from './describe.ts';

const listQuery = z.strictObject({
  limit,
  cursor,
  from: date.optional().describe('The first UTC date.'),
  to: date.optional().describe('The last UTC date.'),
  provider: text.optional(),
});

const DATE = /^\d{4,6}-\d\d-\d\d$/;
const NAME = /^[^\0]{1,200}$/;

export function paidCallRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Operations',
      'Count the calls that providers charge for, by day, provider and call, the last day first',
      { 200: pageOf(paidCalls) },
      [400, 401],
    ),
    validate('query', listQuery),
    async (c) => {
      const { limit: size, cursor: at, ...filter } = c.req.valid('query');
      const place = listCursor(['paid_calls', filter], [DATE, NAME, NAME]);
      const [day = '', provider = '', call = ''] = at === undefined ? [] : place.decode(at);
      const rows = await listPaidCalls(db, filter, {
        limit: size + 1,
        after: at === undefined ? null : { day, provider, call },
      });
      const position = (row: (typeof rows)[number]) => [row.day, row.provider, row.call];
      return c.json(toPage(rows, size, position, toPaidCalls, place.encode));
    },
  );
}
