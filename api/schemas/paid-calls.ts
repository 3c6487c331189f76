import { z } from 'zod';
import type { PaidCallsRow } from '../../db/calls/list-paid-calls.ts';

export const paidCalls = z
  .object({
    day: z.iso.date().describe('A UTC date.'),
    provider: z.string(),
    call: z.string().describe('What was called, such as `balance_get`.'),
    calls: z.int().describe('How many succeeded, and so are charged for.'),
  })
  .meta({ ref: 'PaidCalls' });

export function toPaidCalls(row: PaidCallsRow): z.input<typeof paidCalls> {
  return { ...row, calls: Number(row.calls) };
}
