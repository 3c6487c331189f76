import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import { parseTimestamp } from '../timestamp.ts';
import { monoError } from './errors.ts';

/** One of Mono's ids: 24 hex digits in all examples. */
export const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);

export const timestamp = z.string().transform((value, context) => {
  const parsed = parseTimestamp(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** Text for people, without the NUL that Postgres cannot hold. Empty or odd is none. */
export const words = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value?.replaceAll('\0', '').trim() || null);

/**
 * Reads `value`, or throws a `bug` whose code names the field (`invalid_transaction_amount`) and
 * never holds what stood in it.
 */
export function read<T extends z.ZodType>(
  schema: T,
  value: LosslessJson | undefined,
  what: string,
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.filter((part) => typeof part === 'string') ?? [];
  throw monoError(
    'bug',
    ['invalid', what, ...path.map((part) => part.replace(/^_/, ''))].join('_'),
  );
}
