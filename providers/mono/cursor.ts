import { z } from 'zod';
import type { CalendarDate, JsonValue } from '../provider.ts';
import { isCalendarDate } from '../timestamp.ts';
import { monoError } from './errors.ts';

const cursor = z.object({ since: z.string().refine(isCalendarDate).nullable() });

/**
 * The date (UTC) of the newest transaction that was read; null where there was none. Not the date of the read:
 * what Mono holds may be months old by then, and what the bank adds next begins where it ends.
 */
export function cursorOf(since: CalendarDate | null): JsonValue {
  return { since };
}

export function sinceOf(value: JsonValue): CalendarDate | null {
  const parsed = cursor.safeParse(value);
  if (!parsed.success) throw monoError('bug', 'cursor_malformed');
  return parsed.data.since;
}
