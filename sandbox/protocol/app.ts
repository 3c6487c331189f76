import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { Bank } from '../bank.ts';
import type { Call } from '../call-log.ts';
import { describeIssues } from '../describe-issues.ts';
import { equalSecrets } from '../equal-secrets.ts';
import type { Fault } from '../faults.ts';
import type { CallInfo, Endpoint } from './endpoint.ts';
import { failure, success } from './envelope.ts';
import { ProtocolError } from './protocol-error.ts';
import { readInput } from './read-input.ts';
import { route } from './routes.ts';
import { serveFault, spoils } from './serve-fault.ts';
import { subjectOf } from './subject.ts';

type Env = { Bindings: HttpBindings };

/** The Okra protocol under all of its base paths. */
export function createProtocolApp(bank: Bank): Hono<Env> {
  const app = new Hono<Env>();
  app.all('/v2/*', (context) => answer(bank, context));
  app.all('/sandbox/v2/*', (context) => answer(bank, context));
  return app;
}

async function answer(bank: Bank, context: Context<Env>): Promise<Response> {
  const url = new URL(context.req.url);
  const routed = route(url.pathname);
  const endpoint = routed?.found;
  const name = endpoint?.name ?? routed?.rest ?? url.pathname;
  let call: Call | null = null;
  try {
    const input = await readInputSafely(context, endpoint);
    call = bank.calls.add({
      endpoint: name,
      method: context.req.method,
      at: bank.world.state.clock.now(),
      ...subjectOf(bank, name, input),
    });
    const response = await serve(bank, context, endpoint, input, `${url.origin}${routed?.prefix}`);
    call.status = response.headers.has('x-hono-already-sent') ? null : response.status;
    return response;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (call !== null) call.status = error.status;
    return failure(error, name);
  }
}

/**
 * Reading comes before anything else, so that a call is noted with what it is about even when it is
 * refused.
 */
async function readInputSafely(
  context: Context,
  endpoint: Endpoint | undefined,
): Promise<object | ProtocolError> {
  try {
    return await readInput(context, endpoint?.name === 'callback');
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

async function serve(
  bank: Bank,
  context: Context<Env>,
  endpoint: Endpoint | undefined,
  input: object | ProtocolError,
  baseUrl: string,
): Promise<Response> {
  authorize(bank, context);
  if (endpoint === undefined) throw new ProtocolError(404, 'API', 'No such endpoint');
  const { methods, schema } = endpoint;
  if (!methods.some((method) => method === context.req.method)) {
    const allow = methods.join(', ');
    throw new ProtocolError(405, 'API', `The method must be ${allow}`, { allow });
  }
  if (input instanceof ProtocolError) throw input;
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new ProtocolError(400, 'SELECTOR', describeIssues(parsed.error));

  const subject = subjectOf(bank, endpoint.name, input);
  const faults = bank.faults.hit({ endpoint: endpoint.name, ...subject });
  const latency = faults.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  if (latency > 0) await sleep(latency, undefined, { ref: false });
  const call: CallInfo = { baseUrl, failRefreshWith: refreshFailure(faults) };
  const succeed = (): Response => success(endpoint.handle(bank, parsed.data, call));
  const fault = faults.find(spoils);
  return fault === undefined ? succeed() : serveFault(fault, context.env, succeed);
}

function authorize({ secretKey }: Bank, context: Context): void {
  const [, given] = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
  if (given === undefined) throw new ProtocolError(401, 'API', 'Authorization is missing');
  if (!equalSecrets(given, secretKey)) throw new ProtocolError(401, 'API', 'The key is not valid');
}

function refreshFailure(faults: readonly Fault[]): CallInfo['failRefreshWith'] {
  const fault = faults.find(({ kind }) => kind === 'refresh_fails');
  return fault === undefined
    ? null
    : { type: fault.errorType, message: 'The extraction failed at the bank' };
}
