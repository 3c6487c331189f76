import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context, type Handler } from 'hono';
import { describeAccount } from '../endpoints/account.ts';
import { exchangeCode } from '../endpoints/auth.ts';
import { readBalance } from '../endpoints/balance.ts';
import type { Handle } from '../endpoints/handle.ts';
import { initiate } from '../endpoints/initiate.ts';
import { listInstitutions } from '../endpoints/institutions.ts';
import { describeJob } from '../endpoints/job.ts';
import { readTransactions } from '../endpoints/transactions.ts';
import { unlink } from '../endpoints/unlink.ts';
import type { Call, Endpoint } from '../call-log.ts';
import type { Fake } from '../fake.ts';
import { ApiError } from './api-error.ts';
import { failure, success } from './envelope.ts';
import { readCall, type Request } from './read-call.ts';
import { serveFault } from './serve-fault.ts';

type Env = { Bindings: HttpBindings };

/** Mono's API, as far as it is about the data of accounts. */
export function createApp(fake: Fake): Hono<Env> {
  const on = (endpoint: Endpoint, handle: Handle): Handler<Env> => {
    return (context) => answer(fake, context, endpoint, handle);
  };
  return new Hono<Env>()
    .get('/v3/institutions', on('institutions', listInstitutions))
    .post('/v2/accounts/initiate', on('initiate', initiate))
    .post('/v2/accounts/auth', on('auth', exchangeCode))
    .get('/v2/accounts/:id', on('account', describeAccount))
    .get('/v2/accounts/:id/balance', on('balance', readBalance))
    .get('/v2/accounts/:id/transactions', on('transactions', readTransactions))
    .get('/v2/accounts/:id/jobs/:job', on('job', describeJob))
    .post('/v2/accounts/:id/unlink', on('unlink', unlink))
    .all('*', on('other', notFound));
}

const notFound: Handle = () => {
  throw new ApiError(404, 'Not found');
};

async function answer(
  fake: Fake,
  context: Context<Env>,
  endpoint: Endpoint,
  handle: Handle,
): Promise<Response> {
  const request = await readCall(context, endpoint);
  const { account, realTime, query, body } = request;
  const { method, path } = context.req;
  const at = fake.world.now();
  const call = fake.calls.add({ endpoint, method, path, query, body, account, realTime, at });
  const serve = (): Promise<Response> => answerTruly(fake, context, request, handle);
  const hit = fake.faults.hit(request);
  const response = await (hit === null ? serve() : serveFault(hit, context.env, at, serve));
  noteAnswer(call, response);
  return response;
}

async function answerTruly(
  fake: Fake,
  context: Context<Env>,
  request: Request,
  handle: Handle,
): Promise<Response> {
  const now = (): number => fake.world.now();
  try {
    authorize(fake.world.secretKey, context.req.header('mono-sec-key'));
    const answered = await handle(fake, request);
    return success(answered, now(), (body) => fake.alterations.apply(request.endpoint, body));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return failure(error.status, error.message, now());
  }
}

/** docs/errors: 401 means that no valid key was given. */
function authorize(secretKey: string, given: string | undefined): void {
  if (given === undefined) throw new ApiError(401, 'Missing mono-sec-key');
  if (given !== secretKey) throw new ApiError(401, 'Invalid API key');
}

function noteAnswer(call: Call, response: Response): void {
  call.status = response.headers.has('x-hono-already-sent') ? null : response.status;
  call.job = response.headers.get('x-job-id');
}
