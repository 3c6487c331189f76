import { Hono } from 'hono';
import { z } from 'zod';
import { findConnection } from '../../db/connections/list-connections.ts';
import { findEvent, listEvents } from '../../db/events/list-events.ts';
import { anyEvent } from '../../events/event-schemas.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import { eventType } from '../schemas/event.ts';
import { time } from '../schemas/filters.ts';
import { showEvents } from '../show-events.ts';
import { describe } from './describe.ts';

const TAG = 'Events';

const listQuery = z.strictObject({
  limit,
  cursor,
  account_id: z.uuid({ error: 'must be a UUID' }).optional(),
  connection_id: z.uuid({ error: 'must be a UUID' }).optional(),
  type: eventType.optional(),
  since: time.optional().describe('The first timestamp.'),
  until: time.optional().describe('Only what happened before.'),
});

const oneQuery = z.strictObject({
  payload: z
    .enum(['full', 'ids'])
    .default('ids')
    .describe('full: with the balance, or the transactions, as they stand now.'),
});

export function eventRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get(
      '/',
      describe(
        TAG,
        'List what has happened to accounts, connections and webhook endpoints, newest first',
        { 200: pageOf(anyEvent) },
        [400, 401, 404],
        { description: 'Each is the body of a delivery to an endpoint whose `payload` is `ids`.' },
      ),
      validate('query', listQuery),
      async (c) => {
        const { limit: size, cursor: from, ...filter } = c.req.valid('query');
        const { account_id: accountId, connection_id: connectionId, ...rest } = filter;
        if (accountId !== undefined) await accountOr404(db, accountId);
        if (connectionId !== undefined && !(await findConnection(db, connectionId))) {
          throw notFound('connection');
        }
        const place = listCursor(['events', filter], [UUID]);
        const [before] = from === undefined ? [] : place.decode(from);
        const found = { ...rest, accountId, connectionId, before, limit: size + 1 };
        const rows = await listEvents(db, found);
        const { data, next_cursor } = toPage(
          rows,
          size,
          ({ id }) => [id],
          (row) => row,
          place.encode,
        );
        return c.json({ data: await showEvents(db, data, 'ids'), next_cursor });
      },
    )
    .get(
      '/:id',
      describe(TAG, 'Get an event, as it is delivered', { 200: anyEvent }, [400, 401, 404]),
      validate('param', idParam),
      validate('query', oneQuery),
      async (c) => {
        const row = await findEvent(db, c.req.valid('param').id);
        if (!row) throw notFound('event');
        const [event] = await showEvents(db, [row], c.req.valid('query').payload);
        return c.json(event);
      },
    );
}
