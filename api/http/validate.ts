import { validator } from 'hono-openapi';
import type { z } from 'zod';
import { Problem, type FieldProblem } from './problem.ts';

type Target = 'json' | 'query' | 'param';

/**
 * Checks a part of the request against its schema, which is also what the OpenAPI document shows. A
 * mismatch is a 400 that names the fields.
 */
export function validate<Where extends Target, Schema extends z.ZodType>(
  where: Where,
  schema: Schema,
) {
  return validator(where, schema, (result) => {
    if (result.success) return;
    const errors = result.error.map((issue) => toFieldProblem(issue as z.core.$ZodIssue));
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new Problem(400, 'invalid_request', detail, { errors });
  });
}

function toFieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  const { path, message, allowed } = describe(issue);
  const field = path.length > 0 ? path.map(String).join('.') : 'body';
  return { field, message, ...(allowed ? { allowed } : {}) };
}

interface Described {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly allowed?: readonly string[];
}

function describe(issue: z.core.$ZodIssue): Described {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that came furthest is the one that was meant.
    const deepest = issue.errors
      .flat()
      .reduce((best, one) => (one.path.length > best.path.length ? one : best));
    if (deepest.path.length > 0 || deepest.code !== 'invalid_type') {
      const inner = describe(deepest);
      return { ...inner, path: [...issue.path, ...inner.path] };
    }
    return { path: issue.path, message: issue.message };
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return { path: issue.path, message: `must be one of ${allowed.join(', ')}`, allowed };
  }
  if (issue.code === 'unrecognized_keys') {
    return { path: [...issue.path, ...issue.keys.slice(0, 1)], message: 'is not a known field' };
  }
  return { path: issue.path, message: issue.message };
}
