import { z } from 'zod';
import type { Period } from '../extraction/lists.ts';

/** An id as the protocol has it. Nothing else would be found, so nothing else is looked for. */
export const id = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hexadecimal digits');

/** The reference types page and limit as text, the examples as numbers: both are accepted. */
function whole(fallback: number, most: number) {
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,9}$/)
          .transform(Number),
      ],
      {
        error: 'must be a whole number',
      },
    )
    .pipe(z.int().min(1).max(most))
    .default(fallback);
}

const MAX_PAGE = 1_000_000;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 500;

/** The two fields that every list takes. */
export const paging = { page: whole(1, MAX_PAGE), limit: whole(DEFAULT_LIMIT, MAX_LIMIT) };

const date = z.iso.date();

/** The two fields of a read between dates, both included. */
export const dates = { from: date, to: date };

/** Refuses a period that ends before it starts; for a schema that has `dates`. */
export function inOrder(input: { readonly from: string; readonly to: string }): boolean {
  return input.from <= input.to;
}

export const outOfOrder = { path: ['to'], error: 'must not be before from' };

export function periodOf(input: { readonly from: string; readonly to: string }): Period {
  return {
    from: Date.parse(`${input.from}T00:00:00.000Z`),
    to: Date.parse(`${input.to}T23:59:59.999Z`),
  };
}
