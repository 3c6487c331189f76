import { Hono } from 'hono';
import { z } from 'zod';
import { listConnections } from '../../db/connections/list-connections.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { showConnection } from '../find-connection.ts';
import { decodeCursor, toPage, UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { validate } from '../http/validate.ts';
import { link } from '../link.ts';
import { refuseDeadLink } from '../refuse-dead-link.ts';
import { restoreConnection } from '../restore-connection.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import {
  connection,
  connectionWithAccounts,
  linkRequest,
  toConnection,
} from '../schemas/connection.ts';
import { unlink } from '../unlink.ts';
import { describe } from './describe.ts';

const TAG = 'Connections';

const unlinkQuery = z.strictObject({
  data: z
    .enum(['keep', 'erase'])
    .default('keep')
    .describe('What becomes of the data. erase can also be asked for later, and not taken back.'),
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe('true: leave the provider out, where it cannot be reached any more.'),
});

export function connectionRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db } = deps;
  return new Hono<ApiEnv>()
    .post(
      '/',
      describe(
        TAG,
        'Link a connection: its accounts are found, stored, and scanned in full. 202: they are still being looked for. One that is linked already keeps its accounts’ settings; accounts that it lacks are added',
        {
          201: connectionWithAccounts,
          200: connectionWithAccounts,
          202: connectionWithAccounts,
        },
        [400, 401, 409, 415, 422, 502, 503],
        { idempotent: true },
      ),
      idempotent(db),
      validate('json', linkRequest(deps.endpointRules)),
      async (c) => {
        const { id, created } = await link(deps, c.req.valid('json'));
        const shown = await showConnection(db, id);
        refuseDeadLink(shown);
        const found = created ? 201 : 200;
        return c.json(shown, shown.status === 'linking' ? 202 : found);
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
        'Get a connection with its accounts, those that it offers, and how far linking has come',
        { 200: connectionWithAccounts },
        [401, 404],
      ),
      validate('param', idParam),
      async (c) => c.json(await showConnection(db, c.req.valid('param').id)),
    )
    .delete(
      '/:id',
      describe(
        TAG,
        'Unlink a connection: syncing ends at once, consent is withdrawn at the provider, the data is kept or erased. 202: that goes on, for as long as it takes',
        { 200: connectionWithAccounts, 202: connectionWithAccounts },
        [400, 401, 404],
      ),
      validate('param', idParam),
      validate('query', unlinkQuery),
      async (c) => {
        const { id } = c.req.valid('param');
        await unlink(deps, id, c.req.valid('query'));
        const shown = await showConnection(db, id);
        const { status, unlink_data: data, erased_at: erasedAt } = shown;
        const isDone = status === 'unlinked' && (data !== 'erase' || erasedAt !== null);
        return c.json(shown, isDone ? 200 : 202);
      },
    )
    .post(
      '/:id/reauthorized',
      describe(
        TAG,
        'Say that the customer has logged in again: accounts that waited for it go on. A provider that tells how a consent stands is asked, and its answer counts. 202: that is stored, and their workflows have not confirmed it yet',
        { 200: connectionWithAccounts, 202: connectionWithAccounts },
        [401, 404, 409],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        const isConfirmed = await restoreConnection(deps, id);
        return c.json(await showConnection(db, id), isConfirmed ? 200 : 202);
      },
    );
}
