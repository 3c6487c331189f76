import { z } from 'zod';
import { decimal, fieldReader } from '../fields.ts';
import { okraError } from './errors.ts';

export { decimal, timestamp } from '../fields.ts';

/** An opaque id. Documented as 24 hex digits on one page and as a UUID on another. */
export const id = z.string().regex(/^[\x21-\x7e]{1,64}$/);

const idHolder = z.object({ _id: id.nullish(), id: id.nullish() });

type IdHolder = z.output<typeof idHolder>;

/** An id as plain text, or as an object that holds it as `_id` or `id`: the wire has all three. */
export const reference = z.union([id, idHolder]).transform((value, context) => {
  const found = typeof value === 'string' ? value : idIn(value);
  if (found) return found;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** The id of what an answer lists; throws a `bug` that names `what` where there is none. */
export function requireId(from: IdHolder, what: string): string {
  const found = idIn(from);
  if (!found) throw okraError('bug', `invalid_${what}_id`);
  return found;
}

function idIn({ _id: mongoId, id: plain }: IdHolder): string | null {
  return mongoId ?? plain ?? null;
}

/** An amount that may be missing, null or empty. */
export const optionalDecimal = z.preprocess(
  (value) => (value === '' ? null : value),
  decimal.nullish(),
);

/** ISO 4217. The protocol leaves it out in places; naira is its default. */
export const currency = z
  .string()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/)
  .nullish()
  .transform((value) => value ?? 'NGN');

/** Text for people. Empty is none. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null);

/** As `text`, where a NUL in it, which Postgres cannot hold, is no reason to do without the rest. */
export const words = text.transform((value) => value?.replaceAll('\0', '') || null);

/** Throws a `bug` whose code names the field, and never holds what stood in it. */
export const read = fieldReader((code) => okraError('bug', code));
