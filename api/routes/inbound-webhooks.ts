import { Hono } from 'hono';
import { z } from 'zod';
import { findWebhook, findWebhookBody } from '../../db/webhooks/find-webhook.ts';
import {
  listWebhookPositions,
  listWebhooks,
  type WebhookFilter,
  type WebhookPosition,
} from '../../db/webhooks/list-webhooks.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { TIMESTAMP, toPage, UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { listCursor, type ListCursor } from '../http/list-cursor.ts';
import { notFound, Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam, limit, pageOf } from '../schemas/common.ts';
import { optionalFlag, text, time } from '../schemas/filters.ts';
import {
  toWebhook,
  toWebhookLife,
  webhook,
  webhookLife,
  webhookState,
} from '../schemas/webhook.ts';
import { replay } from '../webhooks/replay.ts';
import { showBody } from '../webhooks/show-body.ts';
import { describe } from './describe.ts';

const TAG = 'Webhooks';

const filters = {
  provider: text.optional(),
  account_id: z.uuid({ error: 'must be a UUID' }).optional(),
  type: text.optional().describe('The provider’s name for it.'),
  state: webhookState.optional(),
  received_from: time.optional().describe('Included.'),
  received_to: time.optional().describe('Not included.'),
};

interface Range {
  readonly received_from?: string | undefined;
  readonly received_to?: string | undefined;
}

const isForward = ({ received_from: from, received_to: to }: Range): boolean =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to);
const reversed = { path: ['received_to'], error: 'must be later than received_from' };

const listQuery = z
  .strictObject({ limit, cursor, ...filters, understood: optionalFlag })
  .refine(isForward, reversed);

const lifeQuery = z.strictObject({ include: z.enum(['body']).optional() });

/** Each is a transaction of its own. */
const MOST_REPLAYS = 500;

const replayRequest = z
  .strictObject({
    ...filters,
    understood: z.boolean().optional(),
    limit: z
      .int(`must be a whole number from 1 to ${MOST_REPLAYS}`)
      .min(1, `must be a whole number from 1 to ${MOST_REPLAYS}`)
      .max(MOST_REPLAYS, `must be a whole number from 1 to ${MOST_REPLAYS}`)
      .default(MOST_REPLAYS)
      .describe('How many to replay at the most.'),
    cursor,
  })
  .refine(isForward, reversed)
  .refine((request) => Object.keys(request).some((name) => name !== 'limit' && name !== 'cursor'), {
    path: ['body'],
    error: 'must have at least one filter',
  });

const replayed = z
  .object({
    replayed: z.int(),
    skipped: z.int().describe('Those that cannot be: their body is needed, and cannot be read.'),
    next_cursor: z
      .string()
      .nullable()
      .describe('To be sent with the same filters, for those that follow; null: there are none.'),
  })
  .meta({ ref: 'WebhooksReplayed' });

/** What banks have sent, and what has become of it. */
export function inboundWebhookRoutes(deps: ApiDeps): Hono<ApiEnv> {
  const { db, keyRing } = deps;

  async function filterOf(
    query: Omit<z.output<typeof listQuery>, 'limit' | 'cursor'>,
  ): Promise<WebhookFilter> {
    const { account_id: accountId, received_from: receivedFrom, received_to: receivedTo } = query;
    if (accountId !== undefined) await accountOr404(db, accountId);
    const { provider, type, state, understood } = query;
    return { provider, accountId, type, state, understood, receivedFrom, receivedTo };
  }

  async function lifeOf(id: string): Promise<z.infer<typeof webhookLife>> {
    const row = await findWebhook(db, id);
    if (!row) throw notFound('webhook');
    return toWebhookLife(row);
  }

  return new Hono<ApiEnv>()
    .get(
      '/',
      describe(
        TAG,
        'List the webhooks that came, newest first, and what has become of each',
        { 200: pageOf(webhook) },
        [400, 401, 404],
      ),
      validate('query', listQuery),
      async (c) => {
        const { limit: size, cursor: from, ...query } = c.req.valid('query');
        const filter = await filterOf(query);
        const place = listCursor(['webhooks', filter], [TIMESTAMP, UUID]);
        const after = positionOf(place, from);
        const rows = await listWebhooks(db, filter, {
          limit: size + 1,
          order: 'newest first',
          after,
        });
        const position = (row: (typeof rows)[number]) => [row.position, row.id];
        return c.json(toPage(rows, size, position, toWebhook, place.encode));
      },
    )
    .post(
      '/replay',
      describe(
        TAG,
        'Have webhooks take effect again, the oldest first',
        { 200: replayed },
        [400, 401, 404, 409, 415, 422],
        { idempotent: true },
      ),
      idempotent(db),
      validate('json', replayRequest),
      async (c) => {
        const { limit: size, cursor: from, ...query } = c.req.valid('json');
        const filter = await filterOf(query);
        const place = listCursor(['webhooks/replay', filter], [TIMESTAMP, UUID]);
        const after = positionOf(place, from);
        const found = await listWebhookPositions(db, filter, {
          limit: size + 1,
          order: 'oldest first',
          after,
        });
        const taken = found.slice(0, size);
        let done = 0;
        let skipped = 0;
        for (const { id } of taken) {
          const outcome = await replay(deps, id);
          if (outcome === 'replayed') done += 1;
          if (outcome === 'body_needed') skipped += 1;
        }
        const last = found.length > size ? taken.at(-1) : undefined;
        const next = last ? place.encode([last.receivedAt, last.id]) : null;
        return c.json({ replayed: done, skipped, next_cursor: next });
      },
    )
    .get(
      '/:id',
      describe(TAG, 'Show the whole life of a webhook', { 200: webhookLife }, [400, 401, 404]),
      validate('param', idParam),
      validate('query', lifeQuery),
      async (c) => {
        const { id } = c.req.valid('param');
        const life = await lifeOf(id);
        if (c.req.valid('query').include === undefined) return c.json(life);
        const stored = await findWebhookBody(db, id);
        if (!stored) throw notFound('webhook');
        return c.json({ ...life, body: showBody(keyRing, stored) });
      },
    )
    .post(
      '/:id/replay',
      describe(
        TAG,
        'Have a webhook take effect again',
        { 200: webhookLife },
        [400, 401, 404, 409, 422],
        { idempotent: true },
      ),
      idempotent(db),
      validate('param', idParam),
      async (c) => {
        const { id } = c.req.valid('param');
        const outcome = await replay(deps, id);
        if (outcome === 'unknown') throw notFound('webhook');
        if (outcome === 'body_needed') throw bodyNeeded();
        return c.json(await lifeOf(id));
      },
    );
}

function positionOf(place: ListCursor, cursor: string | undefined): WebhookPosition | null {
  if (cursor === undefined) return null;
  const [receivedAt = '', id = ''] = place.decode(cursor);
  return { receivedAt, id };
}

function bodyNeeded(): Problem {
  const detail =
    'What it said is not known any more: its body was taken out, or its key is gone. Such a webhook can be replayed only where it asked for a balance or transactions, which are then read.';
  return new Problem(409, 'webhook_body_missing', detail);
}
