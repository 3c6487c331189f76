import { Hono } from 'hono';
import { z } from 'zod';
import { listAccounts } from '../../db/list-accounts.ts';
import { findConnection, listConnections } from '../../db/list-connections.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { linkAccounts } from '../link-accounts.ts';
import { decodeCursor, toPage, UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { notFound } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { restoreConnection } from '../restore-connection.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import {
  connection,
  connectionWithAccounts,
  linkRequest,
  toConnection,
  toConnectionWithAccounts,
} from '../schemas/connection.ts';
import { unlinkAccounts } from '../unlink-accounts.ts';
import { describe } from './describe.ts';

const TAG = 'Connections';
/** More accounts than any one consent holds. */
const ALL = 1_000;

const unlinkQuery = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe('true: leave the provider out, where it cannot be reached any more.'),
});

export function connectionRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db } = deps;

  async function show(id: string): Promise<z.infer<typeof connectionWithAccounts>> {
    const row = await findConnection(db, id);
    if (!row) throw notFound('connection');
    return toConnectionWithAccounts(row, await listAccounts(db, { limit: ALL, connectionId: id }));
  }

  return new Hono<ApiEnv>()
    .post(
      '/',
      describe(
        TAG,
        'Link a connection: its accounts are found, stored, and scanned in full. One that is linked already keeps its accounts’ settings; accounts that it lacks are added',
        { 201: connectionWithAccounts, 200: connectionWithAccounts },
        [400, 401, 409, 415, 422, 502, 503],
        { idempotent: true },
      ),
      idempotent(db),
      validate('json', linkRequest),
      async (c) => {
        const { id, created } = await linkAccounts(deps, c.req.valid('json'));
        return c.json(await show(id), created ? 201 : 200);
      },
    )
    .get(
      '/',
      describe(TAG, 'List connections', { 200: pageOf(connection) }, [400, 401]),
      validate('query', z.strictObject({ limit, cursor, reference: z.string().optional() })),
      async (c) => {
        const { limit: size, cursor: from, reference } = c.req.valid('query');
        const [after] = from === undefined ? [] : decodeCursor(from, [UUID]);
        const rows = await listConnections(db, {
          limit: size + 1,
          ...(after === undefined ? {} : { after }),
          ...(reference === undefined ? {} : { reference }),
        });
        return c.json(toPage(rows, size, (row) => [row.id], toConnection));
      },
    )
    .get(
      '/:id',
      describe(
        TAG,
        'Get a connection with its accounts',
        { 200: connectionWithAccounts },
        [401, 404],
      ),
      validate('param', idParam),
      async (c) => c.json(await show(c.req.valid('param').id)),
    )
    .delete(
      '/:id',
      describe(
        TAG,
        'Unlink a connection: consent is withdrawn at the provider, syncing ends, the data stays',
        { 200: connectionWithAccounts },
        [400, 401, 404, 502, 503],
      ),
      validate('param', idParam),
      validate('query', unlinkQuery),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await findConnection(db, id))) throw notFound('connection');
        await unlinkAccounts(deps, id, { force: c.req.valid('query').force });
        return c.json(await show(id));
      },
    )
    .post(
      '/:id/reauthorized',
      describe(
        TAG,
        'Say that the customer has logged in again: accounts that waited for it go on',
        { 200: connectionWithAccounts },
        [401, 404],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await findConnection(db, id))) throw notFound('connection');
        await restoreConnection(deps, id);
        return c.json(await show(id));
      },
    );
}
