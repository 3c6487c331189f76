import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import { EVENT_TYPES } from '../../config/event-type.ts';
import { MOST_COUNTED, type EndpointRow } from '../../db/endpoints/list-endpoints.ts';
import { parseEndpointSecret } from '../../events/endpoint-secret.ts';
import { id, timestamp } from './common.ts';
import { endpointUrl } from './endpoint-url.ts';
import { text } from './filters.ts';

export const endpointStatus = z.enum(['enabled', 'disabled']);

export const eventTypes = z
  .array(z.enum(EVENT_TYPES))
  .min(1, 'must name at least one type')
  .transform((names) => [...new Set(names)]);

const eventTypesIn = eventTypes
  .nullable()
  .describe('Which types of events are sent to it; null: all.');

const payload = z
  .enum(['full', 'ids'])
  .describe('full: with the balance or the transactions. ids: with what is needed to query them.');

const unchanged = z
  .boolean()
  .describe('Whether it is told of syncs that found nothing new, with `changed: false`.');

const secretIn = z
  .string({ error: 'must be whsec_ and the base64 of 24 to 64 bytes' })
  .refine((secret) => parseEndpointSecret(secret) !== null, {
    error: 'must be whsec_ and the base64 of 24 to 64 bytes',
  })
  .describe('One of your own; made up when not given.');

export const endpointRequest = (rules: EndpointRules) =>
  z
    .strictObject({
      url: endpointUrl(rules),
      description: text.nullable().default(null),
      event_types: eventTypesIn.default(null),
      payload: payload.default('full'),
      unchanged: unchanged.default(false),
      secret: secretIn.optional(),
    })
    .meta({ ref: 'EndpointRequest' });

export const endpointChange = (rules: EndpointRules) =>
  z
    .strictObject({
      url: endpointUrl(rules).optional(),
      description: text.nullable().optional(),
      event_types: eventTypesIn.optional(),
      payload: payload.optional(),
      unchanged: unchanged.optional(),
    })
    .refine((body) => Object.keys(body).length > 0, {
      error: 'must have at least one of url, description, event_types, payload, unchanged',
    });

const HOURS = 'must be a whole number of hours from 0 to 168';

export const rotateRequest = z.strictObject({
  secret: secretIn.optional(),
  keep_old_hours: z
    .int(HOURS)
    .min(0, HOURS)
    .max(168, HOURS)
    .default(24)
    .describe('For how long the one before signs too, beside the new one.'),
});

export const endpoint = z
  .object({
    id: id,
    account_id: id
      .nullable()
      .describe('The account whose `webhook_url` it is; null: it hears of all.'),
    url: z.string(),
    description: z.string().nullable(),
    event_types: z.array(z.string()).nullable().describe('Null: all.'),
    payload,
    unchanged,
    status: endpointStatus,
    disabled_reason: z
      .enum(['operator', 'gone', 'failing'])
      .nullable()
      .describe('operator: you. gone: it answered 410. failing: it failed for five days.'),
    status_changed_at: timestamp,
    health: z.object({
      failures: z.int().describe('Attempts that failed in a row.'),
      failing_since: timestamp.nullable().describe('When the first of these failed.'),
      resting_until: timestamp
        .nullable()
        .describe('Nothing is sent to it before then: it failed again and again, or asked for it.'),
      last_success_at: timestamp.nullable(),
      last_failure_at: timestamp.nullable(),
    }),
    pending: z.int().describe(`Deliveries that wait for it; ${MOST_COUNTED}: so many, or more.`),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ ref: 'Endpoint' });

const secret = z.string().describe('What its deliveries are signed with: `whsec_…`.');

export const endpointWithSecret = endpoint.extend({ secret }).meta({ ref: 'EndpointWithSecret' });

export const endpointSecret = z
  .object({
    secret,
    old_secret_until: timestamp
      .nullable()
      .describe('Until then the one before signs too; null: there is none.'),
  })
  .meta({ ref: 'EndpointSecret' });

export function toEndpoint(row: EndpointRow): z.infer<typeof endpoint> {
  return {
    id: row.id,
    account_id: row.account_id,
    url: row.url,
    description: row.description,
    event_types: row.event_types,
    payload: row.payload,
    unchanged: row.unchanged,
    status: row.status,
    disabled_reason: row.disabled_reason,
    status_changed_at: row.status_changed_at.toISOString(),
    health: {
      failures: row.failures,
      failing_since: toIso(row.failing_since),
      resting_until: toIso(stillAhead(row.rest_until)),
      last_success_at: toIso(row.last_success_at),
      last_failure_at: toIso(row.last_failure_at),
    },
    pending: row.pending,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function toSecret(row: EndpointRow, secret: string): z.infer<typeof endpointSecret> {
  return { secret, old_secret_until: toIso(stillAhead(row.old_secret_until)) };
}

const toIso = (time: Date | null): string | null => time?.toISOString() ?? null;

const stillAhead = (time: Date | null): Date | null =>
  time && time.getTime() > Date.now() ? time : null;
