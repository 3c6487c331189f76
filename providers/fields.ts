import { z } from 'zod';
import type { LosslessJson } from './json.ts';
import { parseDecimal } from './money.ts';
import { parseTimestamp } from './timestamp.ts';

/** An amount: a JSON number, whose digits are kept as text, or text. */
export const decimal = z.string().transform((value, context) => {
  const parsed = parseDecimal(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

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

export type ReadField = <T extends z.ZodType>(
  schema: T,
  value: LosslessJson | undefined,
  what: string,
) => z.output<T>;

/**
 * Answers with what reads a value, or throws what `bug` makes of a code: it names the field
 * (`invalid_transaction_amount`) and never holds what stood in it.
 */
export const fieldReader =
  (bug: (code: string) => Error): ReadField =>
  (schema, value, what) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const path = result.error.issues[0]?.path.filter((part) => typeof part === 'string') ?? [];
    const names = ['invalid', what, ...path.map((part) => part.replace(/^_/, ''))];
    throw bug(names.filter((name) => name !== '').join('_'));
  };
