import { Hono } from 'hono';
import { z } from 'zod';
import { listDeliveries } from '../../db/deliveries/list-deliveries.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { toPage, UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { validate } from '../http/validate.ts';
import { cursor, limit, pageOf } from '../schemas/common.ts';
import { delivery, deliveryStatus, toDelivery } from '../schemas/delivery.ts';
import { describe } from './describe.ts';

const uuid = z.uuid({ error: 'must be a UUID' });

const listQuery = z.strictObject({
  limit,
  cursor,
  endpoint_id: uuid.optional().describe('Also one that is deleted.'),
  event_id: uuid.optional(),
  account_id: uuid.optional(),
  status: deliveryStatus.optional(),
});

/** What is to go, or went, to endpoints. */
export function deliveryRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Deliveries',
      'List deliveries, those of the newest event first',
      { 200: pageOf(delivery) },
      [400, 401, 404],
    ),
    validate('query', listQuery),
    async (c) => {
      const { limit: size, cursor: from, ...query } = c.req.valid('query');
      const { endpoint_id: endpointId, event_id: eventId, account_id: accountId, status } = query;
      if (accountId !== undefined) await accountOr404(db, accountId);
      const filter = { endpointId, eventId, accountId, status };
      const place = listCursor(['deliveries', filter], [UUID, UUID]);
      const [event, endpoint] = from === undefined ? [] : place.decode(from);
      const after = event && endpoint ? { eventId: event, endpointId: endpoint } : null;
      const rows = await listDeliveries(db, filter, { limit: size + 1, after });
      const position = (row: (typeof rows)[number]) => [row.event_id, row.endpoint_id];
      return c.json(toPage(rows, size, position, toDelivery, place.encode));
    },
  );
}
