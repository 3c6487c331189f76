import { Hono } from 'hono';
import { z } from 'zod';
import { getLinkSession, listLinkSessions } from '../../db/link-sessions/list-link-sessions.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import { text } from '../schemas/filters.ts';
import {
  linkSession,
  linkSessionRequest,
  linkSessionStatus,
  toLinkSession,
} from '../schemas/link-session.ts';
import { startLinkSession } from '../start-link-session.ts';
import { describe } from './describe.ts';

const TAG = 'Link sessions';

const listQuery = z.strictObject({
  limit,
  cursor,
  status: linkSessionStatus.optional(),
  reference: text.optional(),
});

/** Customers who link, or log in again, on a page of the provider's own. */
export function linkSessionRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db, keyRing, endpointRules } = deps;
  const toSession = toLinkSession(keyRing);

  async function show(id: string): Promise<z.infer<typeof linkSession>> {
    const row = await getLinkSession(db, id);
    if (!row) throw notFound('link session');
    return toSession(row);
  }

  return new Hono<ApiEnv>()
    .post(
      '/',
      describe(
        TAG,
        'Begin a link session: have the customer open its url, the provider’s own page. With a connection_id it is a new log-in',
        { 201: linkSession },
        [400, 401, 404, 409, 415, 422, 502, 503],
        { idempotent: true },
      ),
      // The answer has the page's URL, which opens it to whoever has it.
      idempotent(db, keyRing),
      validate('json', linkSessionRequest(endpointRules)),
      async (c) => c.json(await show(await startLinkSession(deps, c.req.valid('json'))), 201),
    )
    .get(
      '/',
      describe(TAG, 'List link sessions', { 200: pageOf(linkSession) }, [400, 401]),
      validate('query', listQuery),
      async (c) => {
        const { limit: size, cursor: from, status, reference } = c.req.valid('query');
        const place = listCursor(['link_sessions', status ?? null, reference ?? null], [UUID]);
        const [after] = from === undefined ? [] : place.decode(from);
        const rows = await listLinkSessions(db, { limit: size + 1, after, status, reference });
        return c.json(toPage(rows, size, (row) => [row.id], toSession, place.encode));
      },
    )
    .get(
      '/:id',
      describe(
        TAG,
        'Get a link session: how far it has come, and which connections it has made',
        { 200: linkSession },
        [400, 401, 404],
      ),
      validate('param', idParam),
      async (c) => c.json(await show(c.req.valid('param').id)),
    );
}
