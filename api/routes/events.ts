import { Hono } from 'hono';
import { z } from 'zod';
import { findConnection } from '../../db/connections/list-connections.ts';
import { listEvents } from '../../db/events/list-events.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, limit, pageOf } from '../schemas/common.ts';
import { event, eventType, toEvent } from '../schemas/event.ts';
import { describe } from './describe.ts';

const listQuery = z.strictObject({
  limit,
  cursor,
  account_id: z.uuid({ error: 'must be a UUID' }).optional(),
  connection_id: z.uuid({ error: 'must be a UUID' }).optional(),
  type: eventType.optional(),
});

export function eventRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Events',
      'List what has happened to connections and accounts, newest first',
      { 200: pageOf(event) },
      [400, 401, 404],
    ),
    validate('query', listQuery),
    async (c) => {
      const { limit: size, cursor: from, ...filter } = c.req.valid('query');
      const { account_id: accountId, connection_id: connectionId, type } = filter;
      if (accountId !== undefined) await accountOr404(db, accountId);
      if (connectionId !== undefined && !(await findConnection(db, connectionId))) {
        throw notFound('connection');
      }
      const scope = ['events', accountId ?? null, connectionId ?? null, type ?? null];
      const place = listCursor(scope, [UUID]);
      const [before] = from === undefined ? [] : place.decode(from);
      const rows = await listEvents(db, { limit: size + 1, accountId, connectionId, type, before });
      return c.json(toPage(rows, size, (row) => [row.id], toEvent, place.encode));
    },
  );
}
