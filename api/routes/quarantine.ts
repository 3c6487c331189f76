import { Hono } from 'hono';
import { z } from 'zod';
import { listQuarantined } from '../../db/syncs/list-quarantined.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { validate } from '../http/validate.ts';
import { cursor, limit, pageOf, product } from '../schemas/common.ts';
import { flag } from '../schemas/filters.ts';
import { quarantined, toQuarantined } from '../schemas/quarantined.ts';
import { describe } from './describe.ts';

/** Each may bring 64 KiB. */
const MOST_WITH_RAW = 50;

const listQuery = z
  .strictObject({
    limit,
    cursor,
    account_id: z.uuid({ error: 'must be a UUID' }).optional(),
    product: product.optional(),
    include_raw: flag,
  })
  .refine((query) => !query.include_raw || query.limit <= MOST_WITH_RAW, {
    path: ['limit'],
    error: `must be at most ${MOST_WITH_RAW} with include_raw`,
  });

export function quarantineRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Data',
      'List what the bank sent and could not be taken, the last first seen first',
      { 200: pageOf(quarantined) },
      [400, 401, 404],
    ),
    validate('query', listQuery),
    async (c) => {
      const {
        limit: size,
        cursor: from,
        include_raw: includeRaw,
        ...filter
      } = c.req.valid('query');
      const { account_id: accountId, product } = filter;
      if (accountId !== undefined) await accountOr404(db, accountId);
      const place = listCursor(['quarantine', filter], [UUID]);
      const [before] = from === undefined ? [] : place.decode(from);
      const rows = await listQuarantined(db, {
        accountId,
        product,
        includeRaw,
        limit: size + 1,
        before,
      });
      return c.json(toPage(rows, size, (row) => [row.id], toQuarantined, place.encode));
    },
  );
}
