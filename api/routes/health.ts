import { Hono } from 'hono';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { describe } from './describe.ts';

const readiness = z.object({
  postgres: z.enum(['up', 'down']),
  temporal: z.enum(['up', 'down']).describe('Without it webhooks are still taken, and wait.'),
});

export function healthRoutes({ db, temporalIsUp }: ApiDeps): Hono {
  return new Hono()
    .get(
      '/healthz',
      describe('Health', 'Whether the process lives', {
        200: z.object({ status: z.literal('ok') }),
      }),
      (c) => c.json({ status: 'ok' as const }),
    )
    .get(
      '/readyz',
      describe('Health', 'Whether requests can be served', { 200: readiness, 503: readiness }),
      async (c) => {
        const [postgres, temporal] = await Promise.all([
          sql`select 1`.execute(db).then(
            () => 'up' as const,
            () => 'down' as const,
          ),
          temporalIsUp().then((up) => (up ? ('up' as const) : ('down' as const))),
        ]);
        return c.json({ postgres, temporal }, postgres === 'up' ? 200 : 503);
      },
    );
}
