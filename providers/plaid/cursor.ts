import { z } from 'zod';
import type { JsonValue } from '../provider.ts';
import { plaidError } from './errors.ts';

const stored = z.object({ cursor: z.string().min(1) });

/** Plaid's `next_cursor` of the last page of a read, for one account. */
export function cursorFor(cursor: string): JsonValue {
  return { cursor };
}

export function cursorOf(value: JsonValue): string {
  const parsed = stored.safeParse(value);
  if (!parsed.success) throw plaidError('bug', 'cursor_malformed');
  return parsed.data.cursor;
}
