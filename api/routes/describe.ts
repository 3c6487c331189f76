import { describeRoute, resolver } from 'hono-openapi';
import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { problem } from '../schemas/common.ts';

/**
 * What the OpenAPI document says of a route: its summary, its answer, and the problems it can
 * answer with.
 */
export function describe(
  tag: string,
  summary: string,
  /** Null: without a body. */
  answers: Readonly<Record<number, z.ZodType | null>>,
  problems: readonly number[] = [],
  options: {
    /** What its summary has no room for. */
    readonly description?: string;
    /** Needs no API key. */
    readonly open?: boolean;
    /** Takes JSON that no schema of ours describes. */
    readonly anyJson?: boolean;
    /** Answers with an ETag, and knows If-None-Match. */
    readonly conditional?: boolean;
    /** Takes an Idempotency-Key. */
    readonly idempotent?: boolean;
  } = {},
) {
  return describeRoute({
    tags: [tag],
    summary,
    ...(options.description ? { description: options.description } : {}),
    ...(options.anyJson ? { requestBody: ANY_JSON } : {}),
    ...(options.open ? { security: [] } : {}),
    ...(options.conditional ? { parameters: [IF_NONE_MATCH] } : {}),
    ...(options.idempotent ? { parameters: [IDEMPOTENCY_KEY] } : {}),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, schema]) =>
        schema === null ? noBody(status) : response(status, 'application/json', schema),
      ),
      ...(options.conditional ? [NOT_MODIFIED] : []),
      ...problems.map((status) => response(String(status), 'application/problem+json', problem)),
    ]),
  });
}

const ANY_JSON = { required: true, content: { 'application/json': { schema: {} } } };

type RouteParameter = NonNullable<Parameters<typeof describeRoute>[0]['parameters']>[number];

const IF_NONE_MATCH: RouteParameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of the answer that you have. Where it still holds, the answer is 304.',
  schema: { type: 'string' },
};

const IDEMPOTENCY_KEY: RouteParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A call that repeats the key of one that succeeded gets its answer, marked Idempotency-Replayed: true, for a day.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const NOT_MODIFIED: [string, RouteResponse] = ['304', { description: 'Not Modified' }];

type RouteResponse = NonNullable<Parameters<typeof describeRoute>[0]['responses']>[string];

const noBody = (status: string): [string, RouteResponse] => [
  status,
  { description: STATUS_CODES[status] ?? '' },
];

function response(status: string, type: string, schema: z.ZodType): [string, RouteResponse] {
  const content = { [type]: { schema: resolver(schema) } };
  return [status, { description: STATUS_CODES[status] ?? '', content }];
}
