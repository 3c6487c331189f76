import { Hono } from 'hono';
import { z } from 'zod';
import { listSyncRuns } from '../../db/syncs/list-sync-runs.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { decodeCursor, toPage, UUID } from '../http/cursor.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import { sync, toSync } from '../schemas/sync.ts';
import { describe } from './describe.ts';

export function syncRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/:id/syncs',
    describe(
      'Data',
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
