import { z } from 'zod';
import { parseDecimal } from '../money.ts';
import type { Decimal } from '../provider.ts';
import { minorDigits } from './currency.ts';
import { monoError } from './errors.ts';

/** A figure of Mono's in minor units, as a JSON number or as text. */
export const minorUnits = z.string().transform((value, context) => {
  const parsed = parseDecimal(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/**
 * `12345` kobo are `123.45` naira: the point is moved in the text, so that no digit is lost. Throws a `bug`
 * where there are more digits then than a decimal may have.
 */
export function toMajor(minor: Decimal, currency: string): Decimal {
  const major = parseDecimal(`${minor}e-${minorDigits(currency)}`);
  if (major === null) throw monoError('bug', 'invalid_amount');
  return major;
}
