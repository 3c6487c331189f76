import { Hono } from 'hono';
import { z } from 'zod';
import { linkOfferedAccounts } from '../../db/connections/link-offered-accounts.ts';
import { updateConnection } from '../../db/connections/update-connection.ts';
import { limitsOf, type ProviderLimits } from '../../providers/effective-interval.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { doConnectionWork } from '../do-connection-work.ts';
import { connectionUnlinked, linkedConnection, showConnection } from '../find-connection.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { refuseDeadLink } from '../refuse-dead-link.ts';
import { idParam } from '../schemas/common.ts';
import { connectionWithAccounts, newAccounts, reference } from '../schemas/connection.ts';
import { startNewAccounts } from '../start-new-accounts.ts';
import { describe } from './describe.ts';

const TAG = 'Connections';

const changeRequest = z
  .strictObject({
    new_accounts: newAccounts.optional(),
    reference: reference.nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'must have at least one of new_accounts, reference',
  });

const takeRequest = z.strictObject({
  provider_account_ids: z
    .array(z.string())
    .min(1, 'must name at least one account')
    .max(1_000, 'must name at most 1000 accounts')
    .optional()
    .describe('Of those in `offered_accounts`; all when not given.'),
});

/** Accounts that have appeared at the bank after the link. */
export function connectionAccountRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db, providers } = deps;
  const limits = (provider: string): ProviderLimits => limitsOf(providers, provider);

  return new Hono<ApiEnv>()
    .patch(
      '/:id',
      describe(
        TAG,
        'Change a connection’s reference, or what becomes of accounts that appear later. With link, those that it offers are linked',
        { 200: connectionWithAccounts },
        [400, 401, 404, 409],
      ),
      validate('param', idParam),
      validate('json', changeRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const { new_accounts: wanted, ...rest } = c.req.valid('json');
        await linkedConnection(db, id);
        const change = { newAccounts: wanted, reference: rest.reference };
        if (!(await updateConnection(db, id, change, limits))) throw connectionUnlinked();
        if (wanted === 'link') await startNewAccounts(deps, id);
        return c.json(await showConnection(db, id));
      },
    )
    .post(
      '/:id/accounts',
      describe(
        TAG,
        'Link accounts that the connection offers',
        { 200: connectionWithAccounts },
        [400, 401, 404, 409],
      ),
      validate('param', idParam),
      validate('json', takeRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const wanted = c.req.valid('json').provider_account_ids ?? null;
        await linkedConnection(db, id);
        const taken = await linkOfferedAccounts(db, id, wanted, limits);
        if (taken.state === 'unlinked') throw connectionUnlinked();
        if (taken.state === 'not_offered') throw notOffered(wanted ?? [], taken.ids);
        await startNewAccounts(deps, id);
        return c.json(await showConnection(db, id));
      },
    )
    .post(
      '/:id/discover',
      describe(
        TAG,
        'Look now whether accounts have appeared at the bank; else this is done once a day. 202: the bank has not answered yet; it goes on, or is put off to the next day',
        { 200: connectionWithAccounts, 202: connectionWithAccounts },
        [401, 404, 409],
      ),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        const before = await linkedConnection(db, id);
        refuseDeadLink(before);
        const end = await doConnectionWork(deps, 'link', before);
        return c.json(await showConnection(db, id), end === 'done' ? 200 : 202);
      },
    );
}

function notOffered(wanted: readonly string[], ids: readonly string[]): Problem {
  const errors = ids.map((id) => ({
    field: `provider_account_ids.${wanted.indexOf(id)}`,
    message: 'is not offered by this connection',
  }));
  return new Problem(400, 'invalid_request', 'Some of these accounts are not offered.', { errors });
}
