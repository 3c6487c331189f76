import type { CalendarDate, Timestamp } from './provider.ts';

const DAY_MS = 86_400_000;
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FURTHER_YEAR = /^(?:[+-]|0000)/;

/**
 * An ISO 8601 moment in UTC with milliseconds. A missing time is midnight, a missing zone UTC. Null
 * when it is no moment of the years 1 to 9999.
 */
export function parseTimestamp(text: string): Timestamp | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, date = '', minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = match;
  const millis = fraction === '' ? '' : fraction.slice(0, 4);
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  // Date rolls 30 February over into March instead of refusing it.
  if (!isCalendarDate(date)) return null;
  const time = Date.parse(`${date}T${minutes}${seconds}${millis}${offset}`);
  if (Number.isNaN(time)) return null;
  // In its own zone it may lie within those years, and in UTC beyond them.
  const moment = new Date(time).toISOString();
  return FURTHER_YEAR.test(moment) ? null : moment;
}

/** Of the years 1 to 9999: Postgres has no year 0, and elsewhere further years are written in other ways. */
export function isCalendarDate(text: string): text is CalendarDate {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (!year || !month || !day) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0));
}

/** The date of a moment, in UTC. */
export function dateOf(moment: Timestamp): CalendarDate {
  return moment.slice(0, 10);
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOf(new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString());
}
