import type { z } from 'zod';

/** What is wrong with an input, field by field: `account_id: Invalid input: expected string`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(describe).join('; ');
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: unknown field`).join('; ');
  }
  const inner = issue.code === 'invalid_union' ? innermost(issue) : undefined;
  const path = [...issue.path, ...(inner?.path ?? [])].join('.');
  return `${path === '' ? 'body' : path}: ${inner?.message ?? issue.message}`;
}

function innermost(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  return issue.errors.flat().find(({ path }) => path.length > 0);
}
