import { z } from 'zod';
import { INTERVALS } from '../../config/interval.ts';

/** In answers. */
export { id, product, timestamp } from '../../resources/fields.ts';

export const idParam = z.object({ id: z.uuid({ error: 'must be a UUID' }) });

export const interval = z.enum(INTERVALS).describe('How often an account is refreshed by itself.');

/** `transactions` is what Okra's API text wrote: taken for `transaction`. */
const productIn = z
  .enum(['balance', 'transaction', 'transactions'])
  .transform((name) => (name === 'transactions' ? 'transaction' : name));

export const productsIn = z
  .array(productIn)
  .min(1, 'must name at least one product')
  .transform((names) => [...new Set(names)]);

export const limit = z.coerce
  .number({ error: 'must be a whole number from 1 to 500' })
  .int('must be a whole number from 1 to 500')
  .min(1, 'must be a whole number from 1 to 500')
  .max(500, 'must be a whole number from 1 to 500')
  .default(50);

export const cursor = z.string().min(1).describe('`next_cursor` of the page before.').optional();

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().describe('Null on the last page.'),
  });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: what programs should look at.'),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          allowed: z.array(z.string()).optional(),
        }),
      )
      .optional(),
  })
  .meta({ ref: 'Problem' });
