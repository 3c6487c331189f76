import { Hono } from 'hono';
import { z } from 'zod';
import { sealEndpointSecret } from '../../credentials/endpoint-secret.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { createEndpoint, MOST_ENDPOINTS } from '../../db/endpoints/create-endpoint.ts';
import { disableEndpoint } from '../../db/endpoints/disable-endpoint.ts';
import { enableEndpoint } from '../../db/endpoints/enable-endpoint.ts';
import { listEndpoints } from '../../db/endpoints/list-endpoints.ts';
import { removeEndpoint } from '../../db/endpoints/remove-endpoint.ts';
import { updateEndpoint } from '../../db/endpoints/update-endpoint.ts';
import { createEndpointSecret } from '../../events/endpoint-secret.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { endpointOr404 } from '../endpoints/find-endpoint.ts';
import { replaceSecret, showSecret } from '../endpoints/secret.ts';
import { accountOr404 } from '../find-account.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound, Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import {
  endpoint,
  endpointChange,
  endpointRequest,
  endpointSecret,
  endpointStatus,
  endpointWithSecret,
  rotateRequest,
  toEndpoint,
  toSecret,
} from '../schemas/endpoint.ts';
import { describe } from './describe.ts';

const TAG = 'Endpoints';

const listQuery = z.strictObject({
  limit,
  cursor,
  account_id: z
    .uuid({ error: 'must be a UUID' })
    .optional()
    .describe('The account’s own: one, or none.'),
  status: endpointStatus.optional(),
});

/** Where events are sent. */
export function endpointRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db, keyRing, endpointRules } = deps;
  const show = async (id: string) => toEndpoint(await endpointOr404(db, id));

  return new Hono<ApiEnv>()
    .post(
      '/',
      describe(
        TAG,
        'Create an endpoint, which hears of all accounts',
        { 201: endpointWithSecret },
        [400, 401, 409, 415, 422],
        { idempotent: true },
      ),
      idempotent(db, keyRing),
      validate('json', endpointRequest(endpointRules)),
      async (c) => {
        const { event_types: eventTypes, ...given } = c.req.valid('json');
        const id = await newId(db);
        const secret = given.secret ?? createEndpointSecret();
        const sealed = sealEndpointSecret(keyRing, id, secret);
        const isCreated = await createEndpoint(db, { ...given, id, eventTypes, secret: sealed });
        if (!isCreated) throw tooMany();
        return c.json({ ...(await show(id)), secret }, 201);
      },
    )
    .get(
      '/',
      describe(
        TAG,
        'List endpoints, also those that are an account’s own `webhook_url`',
        { 200: pageOf(endpoint) },
        [400, 401, 404],
      ),
      validate('query', listQuery),
      async (c) => {
        const { limit: size, cursor: from, account_id: accountId, status } = c.req.valid('query');
        if (accountId !== undefined) await accountOr404(db, accountId);
        const place = listCursor(['endpoints', accountId ?? null, status ?? null], [UUID]);
        const [after] = from === undefined ? [] : place.decode(from);
        const rows = await listEndpoints(db, { limit: size + 1, after, accountId, status });
        return c.json(toPage(rows, size, (row) => [row.id], toEndpoint, place.encode));
      },
    )
    .get(
      '/:id',
      describe(TAG, 'Get an endpoint, and how it fares', { 200: endpoint }, [400, 401, 404]),
      validate('param', idParam),
      async (c) => c.json(await show(c.req.valid('param').id)),
    )
    .patch(
      '/:id',
      describe(
        TAG,
        'Change an endpoint. What waits for it is sent to its new URL',
        { 200: endpoint },
        [400, 401, 404, 409, 415],
      ),
      validate('param', idParam),
      validate('json', endpointChange(endpointRules)),
      async (c) => {
        const { id } = c.req.valid('param');
        const { event_types: eventTypes, ...change } = c.req.valid('json');
        const outcome = await updateEndpoint(db, id, { ...change, eventTypes });
        if (outcome === 'unknown') throw notFound('endpoint');
        if (outcome === 'of_account') throw ofAccount('change its webhook_url');
        return c.json(await show(id));
      },
    )
    .delete(
      '/:id',
      describe(
        TAG,
        'Delete an endpoint: its URL and secret are forgotten, and what waits for it is cancelled',
        { 204: null },
        [400, 401, 404, 409],
      ),
      validate('param', idParam),
      async (c) => {
        const outcome = await removeEndpoint(db, c.req.valid('param').id);
        if (outcome === 'unknown') throw notFound('endpoint');
        if (outcome === 'of_account') throw ofAccount('set its webhook_url to null');
        return c.body(null, 204);
      },
    )
    .post(
      '/:id/enable',
      describe(
        TAG,
        'Enable an endpoint: its failures are forgotten, and what waits for it is sent at once. What happened while it was disabled is sent when you ask for it: …/redeliver',
        { 200: endpoint },
        [400, 401, 404],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await enableEndpoint(db, id))) throw notFound('endpoint');
        return c.json(await show(id));
      },
    )
    .post(
      '/:id/disable',
      describe(
        TAG,
        'Disable an endpoint: what waits for it goes on waiting, and what happens meanwhile is not sent',
        { 200: endpoint },
        [400, 401, 404],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await disableEndpoint(db, id, 'operator');
        return c.json(await show(id));
      },
    )
    .get(
      '/:id/secret',
      describe(
        TAG,
        'Show what an endpoint’s deliveries are signed with',
        { 200: endpointSecret },
        [400, 401, 404, 409],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        const secret = await showSecret(deps, id);
        return c.json(toSecret(await endpointOr404(db, id), secret));
      },
    )
    .post(
      '/:id/rotate-secret',
      describe(
        TAG,
        'Replace an endpoint’s secret. For a while the old one signs too: receivers take either',
        { 200: endpointSecret },
        [400, 401, 404, 409, 415, 422],
        { idempotent: true },
      ),
      idempotent(db, keyRing),
      validate('param', idParam),
      validate('json', rotateRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const { secret: own, keep_old_hours: keepOldHours } = c.req.valid('json');
        const secret = await replaceSecret(deps, id, { secret: own, keepOldHours });
        return c.json(toSecret(await endpointOr404(db, id), secret));
      },
    );
}

function tooMany(): Problem {
  const detail = `There are ${MOST_ENDPOINTS} endpoints that hear of all accounts, which is the most: delete one first.`;
  return new Problem(409, 'too_many_endpoints', detail);
}

function ofAccount(what: string): Problem {
  const detail = `This endpoint is an account’s own: ${what} with PATCH /v1/accounts/:id/settings.`;
  return new Problem(409, 'endpoint_of_account', detail);
}
