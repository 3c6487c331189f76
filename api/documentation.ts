import type { GenerateSpecOptions } from 'hono-openapi';
import { VERSION } from '../config/version.ts';
import { eventComponents, eventWebhooks } from './event-documentation.ts';

/** What the OpenAPI document says beside its routes. */
export const documentation: GenerateSpecOptions['documentation'] = {
  openapi: '3.1.0',
  info: {
    title: 'Freshet',
    version: VERSION,
    description:
      'Keeps the balances and transactions of linked bank accounts fresh in your own Postgres. Errors are RFC 9457 problem details with a stable `code`.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    ...eventComponents,
    securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'fsh_…' } },
  },
  security: [{ apiKey: [] }],
  webhooks: eventWebhooks,
};
