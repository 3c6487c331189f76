import { Hono } from 'hono';
import { openAPIRouteHandler } from 'hono-openapi';
import { bodyLimit } from 'hono/body-limit';
import type { ApiDeps, ApiEnv } from './deps.ts';
import { authenticate } from './http/authenticate.ts';
import { onError } from './http/on-error.ts';
import { requireJson } from './http/require-json.ts';
import { Problem, problemResponse, tooLarge } from './http/problem.ts';
import { documentation } from './documentation.ts';
import { accountRoutes } from './routes/accounts.ts';
import { balanceRoutes } from './routes/balances.ts';
import { changeRoutes } from './routes/changes.ts';
import { connectionAccountRoutes } from './routes/connection-accounts.ts';
import { connectionRoutes } from './routes/connections.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { docsRoutes } from './routes/docs.ts';
import { endpointDeliveryRoutes } from './routes/endpoint-deliveries.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { inboundWebhookRoutes } from './routes/inbound-webhooks.ts';
import { linkSessionRoutes } from './routes/link-sessions.ts';
import { paidCallRoutes } from './routes/paid-calls.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { refreshRoutes } from './routes/refresh.ts';
import { rejectedWebhookRoutes } from './routes/rejected-webhooks.ts';
import { syncRoutes } from './routes/syncs.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { webhookRoutes } from './routes/webhooks.ts';

const MOST_BYTES = 256 * 1024;

/**
 * The whole API as a Hono app, without a server.
 *
 * @example const response = await createApp(deps).request('/healthz');
 */
export function createApp(deps: ApiDeps): Hono {
  const refuse = (): never => {
    throw tooLarge(`A request has at most ${MOST_BYTES} bytes.`);
  };
  const v1 = new Hono<ApiEnv>()
    .use(authenticate(deps.db))
    .use(bodyLimit({ maxSize: MOST_BYTES, onError: refuse }))
    .use(requireJson)
    .route('/connections', connectionRoutes(deps))
    .route('/connections', connectionAccountRoutes(deps))
    .route('/link_sessions', linkSessionRoutes(deps))
    .route('/accounts', accountRoutes(deps))
    .route('/accounts', balanceRoutes(deps))
    .route('/accounts', transactionRoutes(deps))
    .route('/accounts', syncRoutes(deps))
    .route('/changes', changeRoutes(deps))
    .route('/events', eventRoutes(deps))
    .route('/endpoints', endpointRoutes(deps))
    .route('/endpoints', endpointDeliveryRoutes(deps))
    .route('/deliveries', deliveryRoutes(deps))
    .route('/paid_calls', paidCallRoutes(deps))
    .route('/quarantine', quarantineRoutes(deps))
    .route('/webhooks/rejected', rejectedWebhookRoutes(deps))
    .route('/webhooks', inboundWebhookRoutes(deps))
    .route('/', refreshRoutes(deps));

  const app = new Hono();
  app.onError(onError(deps.logger));
  app.notFound((c) => problemResponse(c, new Problem(404, 'not_found', 'There is no such route.')));
  app.route('/', healthRoutes(deps));
  app.route('/webhooks', webhookRoutes(deps));
  app.route('/v1', v1);
  app.route('/docs', docsRoutes());
  app.get('/openapi.json', openAPIRouteHandler(app, { documentation }));
  return app;
}
