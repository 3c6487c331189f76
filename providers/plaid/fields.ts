import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import { parseDecimal } from '../money.ts';
import { isCalendarDate, parseTimestamp } from '../timestamp.ts';
import { plaidError } from './errors.ts';

/** One of Plaid's ids. Opaque, case-sensitive; 37 characters in all examples. */
export const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** A token: a secret, as far as it gives access. */
export const token = z.string().regex(/^[\x21-\x7e]{1,512}$/);

/** An amount. Plaid writes JSON numbers. */
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

/** A time that is no reason to do without the rest. */
export const optionalTimestamp = timestamp.nullish().catch(null);

export const date = z.string().refine(isCalendarDate);

/** Text for people, without the NUL that Postgres cannot hold. Empty or odd is none. */
export const words = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value?.replaceAll('\0', '').trim() || null);

/**
 * ISO 4217, else `XXX`, which is its own code for no currency: Plaid's unofficial codes
 * (cryptocurrencies, mostly) are none of its codes, and some banks tell no currency at all.
 */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .nullish()
  .catch(null)
  .transform((value) => value ?? 'XXX');

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
  throw plaidError('bug', ['invalid', what, ...path].filter((part) => part !== '').join('_'));
}
