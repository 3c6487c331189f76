import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { Problem, tooLarge } from '../http/problem.ts';
import { describe } from './describe.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * What banks call. The only routes without an API key: each provider proves itself in its own way.
 */
export function webhookRoutes(deps: ApiDeps): Hono {
  const { providers, intake, logger } = deps;
  return new Hono().post(
    '/:provider',
    describe(
      'Webhooks',
      'Receive a provider’s webhook: stored before it is acknowledged',
      { 200: z.object({ received: z.literal(true) }) },
      [401, 404, 413, 503],
      { open: true },
    ),
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: () => {
        throw tooLarge(`A webhook has at most ${MOST_BYTES} bytes.`);
      },
    }),
    async (c) => {
      const name = c.req.param('provider');
      const provider = providers.get(name);
      if (!provider) throw new Problem(404, 'not_found', 'There is no such provider here.');
      const body = new Uint8Array(await c.req.arrayBuffer());
      if (!(await provider.verifyWebhook({ headers: c.req.header(), body }))) {
        logger.warn({ provider: name }, 'webhook without proof refused');
        throw new Problem(401, 'webhook_not_verified', 'The proof of origin is missing or wrong.');
      }
      const accepted = await intake.accept(provider, body);
      logger.debug({ provider: name, ...accepted }, 'webhook stored');
      return c.json({ received: true });
    },
  );
}
