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
  answers: Readonly<Record<number, z.ZodType>>,
  problems: readonly number[] = [],
  options: { readonly open?: boolean } = {},
) {
  return describeRoute({
    tags: [tag],
    summary,
    // Without an API key.
    ...(options.open ? { security: [] } : {}),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, schema]) =>
        response(status, 'application/json', schema),
      ),
      ...problems.map((status) => response(String(status), 'application/problem+json', problem)),
    ]),
  });
}

type RouteResponse = NonNullable<Parameters<typeof describeRoute>[0]['responses']>[string];

function response(status: string, type: string, schema: z.ZodType): [string, RouteResponse] {
  const content = { [type]: { schema: resolver(schema) } };
  return [status, { description: STATUS_CODES[status] ?? '', content }];
}
