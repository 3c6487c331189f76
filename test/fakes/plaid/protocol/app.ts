import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Call } from '../call-log.ts';
import { ApiError, errorEnvelope, statusOf } from '../errors/api-error.ts';
import type { FaultRule } from '../faults.ts';
import { requestId } from '../ids.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/all.ts';
import { itemWithToken } from './item-of.ts';
import { noteCall } from './note-call.ts';
import { readInput } from './read-input.ts';
import { serveFaults } from './serve-fault.ts';

/** The protocol: every endpoint is a POST of JSON, and every answer has a `request_id`. */
export function createProtocolApp(
  world: World,
  onError: (error: unknown) => void,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const endpoint of ENDPOINTS) {
    app.post(endpoint.path, async (context) => {
      const call = world.calls.add(endpoint.path, world.clock.now(), requestId());
      try {
        const request = context.req.raw;
        return await answer(world, endpoint, call, request, context.env);
      } catch (error) {
        if (!(error instanceof ApiError)) onError(error);
        return refuse(
          call,
          error instanceof ApiError ? error : new ApiError('INTERNAL_SERVER_ERROR'),
        );
      }
    });
  }
  app.notFound((context) => {
    const call = world.calls.add(context.req.path, world.clock.now(), requestId());
    return refuse(call, new ApiError('NOT_FOUND'));
  });
  return app;
}

async function answer(
  world: World,
  endpoint: Endpoint,
  call: Call,
  request: Request,
  connection: HttpBindings,
): Promise<Response> {
  const body = await readBody(request);
  call.itemId = itemWithToken(world, String(body['access_token']))?.id ?? null;
  noteCall(call, body);
  const rules = world.faults.hit(endpoint.path, call.itemId);
  return serveFaults(rules, connection, () =>
    serve(world, endpoint, call, { headers: request.headers, body }, rules),
  );
}

async function serve(
  world: World,
  endpoint: Endpoint,
  call: Call,
  request: { readonly headers: Headers; readonly body: Record<string, unknown> },
  rules: readonly FaultRule[],
): Promise<Response> {
  const body = authenticate(world, request.headers, request.body);
  if (endpoint.sandboxOnly && world.environment !== 'sandbox') throw new ApiError('SANDBOX_ONLY');
  const { rateLimits } = world.settings;
  if (rateLimits !== 'off') {
    const code = world.limits.count(rateLimits, endpoint.path, call.itemId, world.clock.now());
    if (code !== null) throw new ApiError(code);
  }
  const input = readInput(endpoint.input, body);
  const served = await endpoint.serve(world, input as never, call);
  const altered = rules.reduce<Record<string, unknown>>(
    (shape, { fault }) => (fault.kind === 'alter' ? fault.alter(shape) : shape),
    { ...served, request_id: call.requestId },
  );
  return respond(call, 200, altered);
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(await request.text());
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // As below.
  }
  throw new ApiError('INVALID_BODY');
}

function refuse(call: Call, { code, detail }: ApiError): Response {
  call.errorCode = code;
  return respond(call, statusOf(code), errorEnvelope(code, detail, call.requestId));
}

function respond(call: Call, status: number, body: object): Response {
  call.status = status;
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });
}
