import { z } from 'zod';

export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

/** Postgres has no year 0. */
export const date = z.iso
  .date({ error: 'must be a date, as 2026-01-31' })
  .refine((text) => text >= '0001', { error: 'must be a date, as 2026-01-31' });

export const amount = z
  .string()
  .max(100, 'must have at most 100 characters')
  .regex(/^-?\d+(\.\d+)?$/, 'must be a decimal number, as -12.50');

export const text = z
  .string()
  .min(1, 'must have 1 to 200 characters')
  .max(200, 'must have 1 to 200 characters')
  .refine((value) => !value.includes('\0'), { error: 'must have no NUL character' });

/** Undefined: either. */
export const optionalFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

/** Postgres has no year 0. */
export const time = z.iso
  .datetime({ offset: true, error: 'must be a time, as 2026-01-31T12:00:00Z' })
  .refine((text) => text >= '0001', { error: 'must be a time, as 2026-01-31T12:00:00Z' });
