import { z } from 'zod';
import type { CalendarDate, JsonValue, Timestamp } from '../provider.ts';
import { isCalendarDate } from '../timestamp.ts';
import { okraError } from './errors.ts';
import { timestamp } from './fields.ts';

const cursor = z.object({ since: z.string().refine(isCalendarDate) });
const hint = z.object({ record: z.string().min(1), at: timestamp.optional() });

/** The date (UTC) of the extraction up to which an account was read. */
export function cursorOf(since: CalendarDate): JsonValue {
  return { since };
}

export function sinceOf(value: JsonValue): CalendarDate {
  const parsed = cursor.safeParse(value);
  if (!parsed.success) throw okraError('bug', 'cursor_malformed');
  return parsed.data.since;
}

/**
 * A record to read, and the time up to which its content can be said to be true, where the webhook
 * told one.
 */
export function hintFor(record: string, at: Timestamp | null): JsonValue {
  return at === null ? { record } : { record, at };
}

export function recordOf(value: JsonValue): {
  readonly record: string;
  readonly at?: Timestamp | undefined;
} {
  const parsed = hint.safeParse(value);
  if (!parsed.success) throw okraError('bug', 'hint_malformed');
  return parsed.data;
}
