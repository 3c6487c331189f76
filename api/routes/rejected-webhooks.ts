import { Hono } from 'hono';
import { z } from 'zod';
import { openBody } from '../../credentials/webhook-body.ts';
import { listRejectedWebhooks } from '../../db/webhooks/list-rejected-webhooks.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { validate } from '../http/validate.ts';
import { cursor, limit, pageOf } from '../schemas/common.ts';
import { text } from '../schemas/filters.ts';
import {
  rejectedWebhook,
  rejectionReason,
  toRejectedWebhook,
} from '../schemas/rejected-webhook.ts';
import { describe } from './describe.ts';

const listQuery = z.strictObject({
  limit,
  cursor,
  provider: text.optional(),
  reason: rejectionReason.optional(),
  include: z.enum(['body']).optional(),
});

export function rejectedWebhookRoutes({ db, keyRing }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Webhooks',
      'List a sample of the webhooks that were refused, newest first',
      { 200: pageOf(rejectedWebhook) },
      [400, 401],
    ),
    validate('query', listQuery),
    async (c) => {
      const { limit: size, cursor: from, provider, reason, include } = c.req.valid('query');
      const place = listCursor(['rejected', provider ?? null, reason ?? null], [UUID]);
      const [before] = from === undefined ? [] : place.decode(from);
      const rows = await listRejectedWebhooks(db, { limit: size + 1, provider, reason, before });
      const toItem = (row: (typeof rows)[number]) =>
        toRejectedWebhook(row, include === 'body' ? openBody(keyRing, row) : undefined);
      return c.json(toPage(rows, size, (row) => [row.id], toItem, place.encode));
    },
  );
}
