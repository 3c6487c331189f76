import type { Context } from 'hono';
import type { Endpoint } from '../call-log.ts';

/** A request, read. */
export interface Request {
  readonly endpoint: Endpoint;
  readonly account: string | null;
  readonly job: string | null;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where there is no JSON. */
  readonly body: unknown;
  readonly realTime: boolean;
  readonly page: number | null;
}

export async function readCall(context: Context, endpoint: Endpoint): Promise<Request> {
  const query = context.req.query();
  const body = await readBody(context);
  return {
    endpoint,
    account: context.req.param('id') ?? bodyAccount(body),
    job: context.req.param('job') ?? null,
    query,
    body,
    realTime: wantsRealTime(context),
    page: endpoint === 'transactions' ? Number(query['page'] ?? '1') : null,
  };
}

/** docs/financial-data/realtime-data writes `x-realtime`, the page of the API `x-real-time`. */
function wantsRealTime(context: Context): boolean {
  const header = context.req.header('x-realtime') ?? context.req.header('x-real-time');
  return header?.toLowerCase() === 'true';
}

async function readBody(context: Context): Promise<unknown> {
  try {
    return JSON.parse(await context.req.text()) as unknown;
  } catch {
    return undefined;
  }
}

function bodyAccount(body: unknown): string | null {
  const account = (body as { account?: unknown } | null | undefined)?.account;
  return typeof account === 'string' ? account : null;
}
