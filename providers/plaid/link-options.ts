import { z } from 'zod';
import { InvalidLink } from '../errors.ts';
import type { JsonValue } from '../provider.ts';

const THREE_WEEKS_S = 21 * 86_400;

const product = z.string().regex(/^[a-z_]{1,64}$/);

/** Fields of `/link/token/create` that an operator may set for one link. */
const options = z.strictObject({
  country_codes: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .min(1)
    .optional(),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional(),
  /** Without `transactions` there would be no webhooks, and other history than was asked for. */
  products: z
    .array(product)
    .refine((list) => list.includes('transactions'))
    .optional(),
  additional_consented_products: z.array(product).optional(),
  days_requested: z.int().min(1).max(730).optional(),
  link_customization_name: z.string().min(1).max(100).optional(),
  /** How long the page can be opened. Plaid's default is 30 minutes. */
  url_lifetime_seconds: z.int().min(1).max(THREE_WEEKS_S).optional(),
  /** Update mode: lets the customer choose other accounts, too. */
  account_selection_enabled: z.boolean().optional(),
});

export type LinkOptions = z.output<typeof options>;

/** Throws `InvalidLink` that names the field. Null is no options. */
export function readLinkOptions(given: JsonValue): LinkOptions {
  const parsed = options.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    throw new InvalidLink(`options.${issue.keys[0]}`, 'is not known here');
  }
  const [field] = issue?.path ?? [];
  if (field === undefined) throw new InvalidLink('options', 'must be an object');
  const rule = field === 'products' ? 'must be a list that holds transactions' : 'is malformed';
  throw new InvalidLink(`options.${String(field)}`, rule);
}
