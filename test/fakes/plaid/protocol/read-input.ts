import type { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';

/**
 * A body by an endpoint's schema. INVALID_REQUEST otherwise: which of its codes comes first when
 * several would do is a guess.
 */
export function readInput(schema: z.ZodType, body: Record<string, unknown>): unknown {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const { issues } = read.error;
  const lacking = issues.filter(
    ({ code, path }) => code !== 'unrecognized_keys' && valueAt(body, path) === undefined,
  );
  if (lacking.length > 0) {
    throw new ApiError('MISSING_FIELDS', {
      message: `the following required fields are missing: ${lacking
        .map((issue) => issue.path.join('.'))
        .join(', ')}`,
    });
  }
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.length > 0) {
    throw new ApiError('UNKNOWN_FIELDS', {
      message: `the following fields are not recognized by this endpoint: ${unknown.join(', ')}`,
    });
  }
  const [first] = issues;
  throw invalidField(first?.path.join('.') ?? 'body', first?.message ?? 'is invalid');
}

export function invalidField(field: string, why: string): ApiError {
  return new ApiError('INVALID_FIELD', { message: `${field}: ${why}` });
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    body,
  );
}
