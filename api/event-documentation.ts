import type { GenerateSpecOptions } from 'hono-openapi';
import { EVENT_TYPES, type EventType } from '../config/event-type.ts';
import { EVENT_SCHEMAS, eventSchemaName } from '../events/event-schemas.ts';

type Documentation = NonNullable<GenerateSpecOptions['documentation']>;
type Components = NonNullable<Documentation['components']>;

/** What is sent with every event: https://www.standardwebhooks.com */
const parameters = {
  WebhookId: header('webhook-id', 'The id of the event, the same at every attempt.'),
  WebhookTimestamp: header('webhook-timestamp', 'When this attempt was made, in Unix seconds.'),
  WebhookSignature: header(
    'webhook-signature',
    'One or more `v1,<base64>`, with a space between: HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` with the endpoint’s secret. While a secret is being replaced, both sign.',
  ),
} satisfies Components['parameters'];

/** What an endpoint’s answers mean. */
const responses = {
  EventTaken: { description: 'It is delivered. What else the answer says changes nothing.' },
  EventGone: { description: 'The endpoint is disabled: nothing is sent to it any more.' },
  EventLater: {
    description: 'It is sent again, and nothing to this endpoint before the Retry-After.',
    headers: { 'Retry-After': { schema: { type: 'string' }, description: 'Seconds, or a date.' } },
  },
  EventFailed: {
    description:
      'It is sent again, over days, with growing pauses. So it is after 15 seconds without an answer. Redirects are not followed.',
  },
} satisfies Components['responses'];

export const eventComponents = { parameters, responses };

/** What is sent to webhook endpoints, by type of event. Its schemas are among those of the routes. */
export const eventWebhooks = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, { post: operationOf(type) }]),
) satisfies Documentation['webhooks'];

function operationOf(type: EventType) {
  const schema = { $ref: `#/components/schemas/${eventSchemaName(type)}` };
  return {
    operationId: eventSchemaName(type),
    tags: ['Events sent to you'],
    summary: EVENT_SCHEMAS[type].summary,
    security: [],
    parameters: Object.keys(parameters).map((name) => ref('parameters', name)),
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      '2XX': ref('responses', 'EventTaken'),
      '410': ref('responses', 'EventGone'),
      '429': ref('responses', 'EventLater'),
      '503': ref('responses', 'EventLater'),
      default: ref('responses', 'EventFailed'),
    },
  };
}

function ref(section: string, name: string): { $ref: string } {
  return { $ref: `#/components/${section}/${name}` };
}

function header(name: string, description: string) {
  return { name, in: 'header', required: true, description, schema: { type: 'string' as const } };
}
