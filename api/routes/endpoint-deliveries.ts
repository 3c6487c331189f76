import { Hono } from 'hono';
import { z } from 'zod';
import {
  redeliverEvent,
  redeliverEvents,
  type EventRedelivered,
} from '../../db/deliveries/redeliver.ts';
import { recordTestEvent } from '../../db/events/record-test-event.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { endpointDisabled, endpointOr404 } from '../endpoints/find-endpoint.ts';
import { isAttempted, showDelivery } from '../endpoints/show-delivery.ts';
import { UUID } from '../http/cursor.ts';
import { idempotent } from '../http/idempotency.ts';
import { listCursor } from '../http/list-cursor.ts';
import { notFound, Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { cursor, idParam } from '../schemas/common.ts';
import { deliveryWithAttempts } from '../schemas/delivery.ts';
import { eventTypes } from '../schemas/endpoint.ts';
import { time } from '../schemas/filters.ts';
import { describe } from './describe.ts';

const TAG = 'Deliveries';

const deliveryParam = idParam.extend({ event_id: z.uuid({ error: 'must be a UUID' }) });

const SECONDS = 'must be a whole number of seconds from 0 to 20';

const testRequest = z.strictObject({
  wait: z
    .int(SECONDS)
    .min(0, SECONDS)
    .max(20, SECONDS)
    .default(0)
    .describe('How many seconds to wait for the first attempt.'),
});

const MOST = 1_000;
const BATCH = `must be a whole number from 1 to ${MOST}`;

const redeliverRequest = z
  .strictObject({
    since: time.optional().describe('Events from then on; included.'),
    until: time.optional().describe('Not included.'),
    status: z
      .enum(['failed', 'missing', 'pending', 'delivered'])
      .optional()
      .describe(
        'Of the deliveries. missing: the endpoint wants the event and has no delivery of it, as it was disabled then, or younger. When not given: any of these.',
      ),
    event_types: eventTypes.optional(),
    limit: z
      .int(BATCH)
      .min(1, BATCH)
      .max(MOST, BATCH)
      .default(MOST)
      .describe('How many to redeliver at the most.'),
    cursor,
  })
  .refine(({ since, status }) => since !== undefined || status !== undefined, {
    path: ['body'],
    error: 'must have at least one of since, status',
  })
  .refine(
    ({ since, until }) =>
      since === undefined || until === undefined || Date.parse(since) < Date.parse(until),
    { path: ['until'], error: 'must be later than since' },
  );

const redelivered = z
  .object({
    redelivered: z.int(),
    next_cursor: z
      .string()
      .nullable()
      .describe('To be sent with the same filters, for those that follow; null: there are none.'),
  })
  .meta({ ref: 'EventsRedelivered' });

/** What goes to one endpoint, and is to go there once more. */
export function endpointDeliveryRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .post(
      '/:id/test',
      describe(
        'Endpoints',
        'Send a test event to an endpoint, whatever types it wants. 200: it was attempted. 202: it is on its way',
        { 200: deliveryWithAttempts, 202: deliveryWithAttempts },
        [400, 401, 404, 409, 415],
      ),
      validate('param', idParam),
      validate('json', testRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const { status } = await endpointOr404(db, id);
        if (status === 'disabled') throw endpointDisabled();
        const eventId = await recordTestEvent(db, id);
        const wait = c.req.valid('json').wait * 1_000;
        const isDone = wait > 0 && (await isAttempted(db, id, eventId, wait));
        return c.json(await showDelivery(db, id, eventId), isDone ? 200 : 202);
      },
    )
    .get(
      '/:id/deliveries/:event_id',
      describe(
        TAG,
        'Get a delivery with its attempts; also one to an endpoint that is deleted',
        { 200: deliveryWithAttempts },
        [400, 401, 404],
      ),
      validate('param', deliveryParam),
      async (c) => {
        const { id, event_id: eventId } = c.req.valid('param');
        return c.json(await showDelivery(db, id, eventId));
      },
    )
    .post(
      '/:id/deliveries/:event_id/redeliver',
      describe(
        TAG,
        'Send an event to an endpoint once more, whatever became of it, or for the first time',
        { 202: deliveryWithAttempts },
        [400, 401, 404, 409, 422],
        { idempotent: true },
      ),
      idempotent(db),
      validate('param', deliveryParam),
      async (c) => {
        const { id, event_id: eventId } = c.req.valid('param');
        refuse(await redeliverEvent(db, id, eventId));
        return c.json(await showDelivery(db, id, eventId), 202);
      },
    )
    .post(
      '/:id/redeliver',
      describe(
        TAG,
        'Send events to an endpoint once more, or for the first time: since a time, or in a state, the oldest first',
        { 200: redelivered },
        [400, 401, 404, 409, 415, 422],
        { idempotent: true },
      ),
      idempotent(db),
      validate('param', idParam),
      validate('json', redeliverRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const { limit: most, cursor: from, ...body } = c.req.valid('json');
        const { since, until, status, event_types: types } = body;
        const filter = { since, until, status, eventTypes: types };
        const place = listCursor(['redeliver', id, filter], [UUID]);
        const [after = null] = from === undefined ? [] : place.decode(from);
        const done = await redeliverEvents(db, id, filter, { most, after });
        if (done.outcome !== 'redelivered') throw refusal(done.outcome);
        const { count, last } = done;
        const next = last !== null && count === most ? place.encode([last]) : null;
        return c.json({ redelivered: count, next_cursor: next });
      },
    );
}

function refuse({ outcome }: EventRedelivered): void {
  if (outcome !== 'redelivered') throw refusal(outcome);
}

function refusal(outcome: Exclude<EventRedelivered['outcome'], 'redelivered'>): Problem {
  switch (outcome) {
    case 'unknown':
      return notFound('endpoint');
    case 'no_event':
      return notFound('event');
    case 'disabled':
      return endpointDisabled();
    case 'not_for_endpoint': {
      const detail =
        'This endpoint does not hear of this event: it is of another account, or the test of another endpoint.';
      return new Problem(409, 'event_not_for_endpoint', detail);
    }
  }
}
