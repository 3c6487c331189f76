import { z } from 'zod';
import { fieldReader, timestamp } from '../fields.ts';
import { isCalendarDate } from '../timestamp.ts';
import { plaidError } from './errors.ts';

export { decimal, timestamp, words } from '../fields.ts';

/** One of Plaid's ids. Opaque, case-sensitive; 37 characters in all examples. */
export const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** A token: a secret, as far as it gives access. */
export const token = z.string().regex(/^[\x21-\x7e]{1,512}$/);

/** A time that is no reason to do without the rest. */
export const optionalTimestamp = timestamp.nullish().catch(null);

export const date = z.string().refine(isCalendarDate);

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

/** Throws a `bug` whose code names the field, and never holds what stood in it. */
export const read = fieldReader((code) => plaidError('bug', code));
