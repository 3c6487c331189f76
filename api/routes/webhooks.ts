import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { createReceiveWebhook, type WebhookArrival } from '../webhooks/receive-webhook.ts';
import { describe } from './describe.ts';

const PROOF =
  'Needs no API key, but the proof of origin that the provider’s documentation tells, such as a token of its own in the header Authorization. The body is as the provider writes it; whatever a verified one holds is stored and acknowledged.';

/**
 * What banks call. The only routes without an API key: each provider proves itself in its own way.
 */
export function webhookRoutes(deps: ApiDeps): Hono {
  const receive = createReceiveWebhook(deps);
  return new Hono()
    .post(
      '/:provider',
      describe(
        'Webhooks',
        'Receive a provider’s webhook: stored before it is acknowledged',
        { 200: z.object({ received: z.literal(true) }) },
        [400, 401, 403, 404, 405, 408, 413, 415, 503],
        { open: true, anyJson: true, description: PROOF },
      ),
      async (c) => {
        const provider = deps.providers.get(c.req.param('provider'));
        if (!provider) {
          deps.door.metrics.refused('unknown', 'not_found');
          throw new Problem(404, 'not_found', 'There is no such provider here.');
        }
        await receive(provider, arrivalOf(c));
        return c.json({ received: true });
      },
    )
    .all('/:provider', () => {
      const headers = { Allow: 'POST' };
      throw new Problem(405, 'method_not_allowed', 'Webhooks come by POST.', { headers });
    });
}

/** Reads from the socket itself: a web stream in between would cost as much as all the rest. */
function arrivalOf(c: Context): WebhookArrival {
  // Without them the app was called without a server.
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  if (!incoming) return { headers: c.req.header(), body: streamOf(c.req.raw), peer: undefined };
  // Of what comes twice Node keeps the first or joins all; a list is but `set-cookie`, which nobody looks at.
  const headers = incoming.headers as Record<string, string>;
  return { headers, body: incoming, peer: incoming.socket.remoteAddress };
}

const streamOf = ({ body }: Request): Readable =>
  body ? Readable.fromWeb(body) : Readable.from([]);
