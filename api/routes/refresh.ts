import { Hono } from 'hono';
import { z } from 'zod';
import type { Product } from '../../config/product.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { linkedAccount } from '../find-account.ts';
import { refused } from '../http/on-error.ts';
import { validate } from '../http/validate.ts';
import { id, idParam, product, productsIn } from '../schemas/common.ts';
import { describe } from './describe.ts';

const TAG = 'Refresh';

const wait = z
  .int('must be a whole number of seconds from 0 to 60')
  .min(0, 'must be a whole number of seconds from 0 to 60')
  .max(60, 'must be a whole number of seconds from 0 to 60')
  .default(0)
  .describe(
    'How many seconds to wait for the result. Where several wait for this account already, it is not waited for.',
  );
const full = z.boolean().default(false).describe('Read all transactions again.');

const accountRequest = z.strictObject({ products: productsIn.optional(), wait, full });
const productRequest = z.strictObject({
  account_id: z.uuid({ error: 'must be a UUID' }),
  wait,
  full,
});

const answer = z
  .object({
    account_id: id,
    state: z.enum(['done', 'running']),
    syncs: z.array(
      z.object({
        product,
        outcome: z.enum(['succeeded', 'failed', 'paused', 'running']),
        added: z.int(),
        changed: z.int(),
        removed: z.int(),
        error_code: z.string().nullable(),
      }),
    ),
  })
  .meta({ ref: 'Refresh' });

const PROBLEMS = [400, 401, 404, 409, 503];

interface RefreshRequest {
  readonly accountId: string;
  readonly products?: readonly Product[] | undefined;
  readonly wait: number;
  readonly full: boolean;
}

export function refreshRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db, accountWorkflows } = deps;

  async function refresh(request: RefreshRequest): Promise<z.infer<typeof answer>> {
    const { accountId } = request;
    const row = await linkedAccount(db, accountId);
    const products = request.products ?? row.products;
    if (row.paused) throw refused('user');
    if (row.pause_reason === 'reauth_required') throw refused(row.pause_reason);
    const off = products.find((name) => !row.products.includes(name));
    if (off) throw refused(off);
    const waitMs = request.wait * 1_000;
    const options = { full: request.full, waitMs };
    const { state, outcomes } = await accountWorkflows.refresh(row, products, options);
    const syncs = outcomes.map(({ errorCode, ...sync }) => ({ ...sync, error_code: errorCode }));
    return { account_id: accountId, state, syncs };
  }

  const ofProduct = (summary: string) =>
    [
      describe(TAG, summary, { 200: answer, 202: answer }, PROBLEMS),
      validate('json', productRequest),
    ] as const;

  return new Hono<ApiEnv>()
    .post(
      '/accounts/:id/refresh',
      describe(TAG, 'Refresh an account now', { 200: answer, 202: answer }, PROBLEMS),
      validate('param', idParam),
      validate('json', accountRequest),
      async (c) => {
        const accountId = c.req.valid('param').id;
        const done = await refresh({ ...c.req.valid('json'), accountId });
        return c.json(done, done.state === 'done' ? 200 : 202);
      },
    )
    .post('/balance/refresh', ...ofProduct('Refresh a balance now'), async (c) => {
      const { account_id: accountId, ...rest } = c.req.valid('json');
      const done = await refresh({ ...rest, accountId, products: ['balance'] });
      return c.json(done, done.state === 'done' ? 200 : 202);
    })
    .post('/transactions/refresh', ...ofProduct('Refresh transactions now'), async (c) => {
      const { account_id: accountId, ...rest } = c.req.valid('json');
      const done = await refresh({ ...rest, accountId, products: ['transaction'] });
      return c.json(done, done.state === 'done' ? 200 : 202);
    });
}
