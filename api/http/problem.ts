import type { Context } from 'hono';
import { STATUS_CODES } from 'node:http';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** A field that is wrong, and what it takes. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly allowed?: readonly string[];
}

export interface ProblemOptions {
  readonly errors?: readonly FieldProblem[];
  /** Sent as `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is not what was asked for: RFC 9457, with a `code` that programs can rely on. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly options: ProblemOptions;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.options = options;
  }
}

export function problemResponse(c: Context, problem: Problem): Response {
  const { status, code, message, options } = problem;
  const headers: Record<string, string> = { ...options.headers };
  if (options.retryAfterSeconds !== undefined) {
    headers['Retry-After'] = String(Math.ceil(options.retryAfterSeconds));
  }
  const body = {
    type: `urn:freshet:problem:${code}`,
    title: STATUS_CODES[status],
    status,
    code,
    detail: message,
    ...(options.errors ? { errors: options.errors } : {}),
  };
  return c.body(JSON.stringify(body), status, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
}

export const notFound = (what: string): Problem =>
  new Problem(404, 'not_found', `There is no ${what} with this id.`);

/** The rest of the body is not read, so the connection cannot be used again. */
export const tooLarge = (detail: string): Problem =>
  new Problem(413, 'body_too_large', detail, { headers: { Connection: 'close' } });
