import { describeRoute, resolver } from 'hono-openapi';
import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { problem } from '../schemas/common.ts';

/** What the OpenAPI document says of a route: its summary, its answer, and the problems it can answer with. */
export function describe(
  tag: string,
  summary: string,
  answers: Readonly<Record<number, z.ZodType>>,
  problems: readonly number[] = [],
) {
  const answer = ([status, schema]: [string, z.ZodType]) => [
    status,
    {
      description: STATUS_CODES[status] ?? '',
      content: { 'application/json': { schema: resolver(schema) } },
    },
  ];
  const failure = (status: number) => [
    status,
    {
      description: STATUS_CODES[status] ?? '',
      content: { 'application/problem+json': { schema: resolver(problem) } },
    },
  ];
  return describeRoute({
    tags: [tag],
    summary,
    responses: Object.fromEntries([
      ...Object.entries(answers).map(answer),
      ...problems.map(failure),
    ]),
  });
}
