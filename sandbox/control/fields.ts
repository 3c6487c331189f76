import { z } from 'zod';
import { DECIMAL, parseMoney } from '../money.ts';

/** An exact amount; JSON numbers are refused, since they are not exact. */
export const money = z
  .string({ error: 'must be a decimal string such as "-1234.50"' })
  .regex(DECIMAL, 'must be a decimal string such as "-1234.50"')
  .transform(parseMoney);

/** Positive is money into the account. */
export const movement = money.refine((amount) => amount !== 0n, 'must not be zero');

/** `2026-01-31` (its midnight, UTC) or an ISO 8601 moment, as milliseconds. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'must be a date or an ISO 8601 moment',
  })
  .transform((text) => Date.parse(text));

/** Whether a change is announced, or stays at the institution unseen. */
export const announcing = z.enum(['send', 'withhold']);

export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');
