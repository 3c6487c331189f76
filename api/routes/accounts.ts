import { Hono } from 'hono';
import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import { listAccounts } from '../../db/accounts/list-accounts.ts';
import { changeSettings } from '../change-settings.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { decodeCursor, toPage, UUID } from '../http/cursor.ts';
import { validate } from '../http/validate.ts';
import { account, toAccount } from '../schemas/account.ts';
import { cursor, idParam, interval, limit, pageOf, productsIn } from '../schemas/common.ts';
import { endpointUrl } from '../schemas/endpoint-url.ts';
import { describe } from './describe.ts';

const TAG = 'Accounts';

const settingsRequest = (rules: EndpointRules) =>
  z
    .strictObject({
      interval: interval.nullable().optional(),
      products: productsIn.optional(),
      webhook_url: endpointUrl(rules)
        .nullable()
        .optional()
        .describe(
          'Where events of the account are sent; null: to the endpoints that hear of all accounts, only.',
        ),
    })
    .refine((body) => Object.keys(body).length > 0, {
      error: 'must have at least one of interval, products, webhook_url',
    });

const listQuery = z.strictObject({
  limit,
  cursor,
  connection_id: z.uuid({ error: 'must be a UUID' }).optional(),
  status: z.enum(['scanning', 'active', 'failing', 'paused', 'unlinked']).optional(),
});

export function accountRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db } = deps;
  return new Hono<ApiEnv>()
    .get(
      '/',
      describe(TAG, 'List accounts', { 200: pageOf(account) }, [400, 401]),
      validate('query', listQuery),
      async (c) => {
        const query = c.req.valid('query');
        const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, [UUID]);
        const { limit: size, connection_id: connectionId, status } = query;
        const rows = await listAccounts(db, { limit: size + 1, after, connectionId, status });
        return c.json(
          toPage(
            rows,
            size,
            (row) => [row.id],
            (row) => toAccount(row),
          ),
        );
      },
    )
    .get(
      '/:id',
      describe(TAG, 'Get an account', { 200: account }, [401, 404]),
      validate('param', idParam),
      async (c) => c.json(toAccount(await accountOr404(db, c.req.valid('param').id))),
    )
    .patch(
      '/:id/settings',
      describe(TAG, 'Change how an account is kept fresh', { 200: account }, [400, 401, 404, 409]),
      validate('param', idParam),
      validate('json', settingsRequest(deps.endpointRules)),
      async (c) => {
        const { webhook_url: url, ...rest } = c.req.valid('json');
        const change = { ...rest, webhookUrl: url };
        return c.json(await changeSettings(deps, c.req.valid('param').id, change));
      },
    )
    .post(
      '/:id/pause',
      describe(
        TAG,
        'Pause an account: a sync that runs is finished, then it holds still',
        { 200: account },
        [401, 404, 409],
      ),
      validate('param', idParam),
      async (c) => c.json(await changeSettings(deps, c.req.valid('param').id, { paused: true })),
    )
    .post(
      '/:id/start',
      describe(
        TAG,
        'Start an account: ends a pause of your own, and tries again where the provider had refused',
        { 200: account },
        [401, 404, 409],
      ),
      validate('param', idParam),
      async (c) =>
        c.json(
          await changeSettings(deps, c.req.valid('param').id, { paused: false }, { always: true }),
        ),
    );
}
