import type { CalendarDate, TransactionsEnd } from '../provider.ts';
import { addDays, dateOf } from '../timestamp.ts';

/** What is asked for, both ends included. */
export interface Range {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/**
 * How far an incremental read reaches back before the newest transaction: banks enter some days later. What
 * comes later still is found by the daily full read.
 */
const OVERLAP_DAYS = 7;

/** Before any bank that Mono reaches kept accounts that it could show. */
const BEGINNING = '2000-01-01';

/**
 * Everything. Without dates Mono gives the most recent rows alone. The end lies in the future, as some banks
 * date ahead.
 */
export function everything(today: CalendarDate): Range {
  return { from: BEGINNING, to: addDays(today, 366) };
}

/**
 * What may be new since a date. No page says in which zone the dates are, nor whether an end's own day is
 * included: the end is two days off, so that today is in it in any case.
 */
export function since(date: CalendarDate, today: CalendarDate): Range {
  return { from: addDays(date, -OVERLAP_DAYS), to: addDays(today, 2) };
}

/** The days of a range that are in it however Mono counts them. */
export function provenDays({ from, to }: Range): NonNullable<TransactionsEnd['complete']> {
  return { from: addDays(from, 1), to: addDays(to, -2) };
}

/** Two halves that overlap, as days may be counted in another zone. Null: it is too short. */
export function halves({ from, to }: Range): readonly [Range, Range] | null {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days < 4) return null;
  const middle = addDays(from, Math.floor(days / 2));
  return [
    { from, to: addDays(middle, 1) },
    { from: middle, to },
  ];
}

/** DD-MM-YYYY. */
export function monoDate(date: CalendarDate): string {
  return date.split('-').toReversed().join('-');
}

export function laterDate(a: CalendarDate, b: CalendarDate): CalendarDate {
  return a > b ? a : b;
}

/** Today by whichever clock is ahead, Mono's or ours. */
export function todayBy(monos: string): CalendarDate {
  return laterDate(dateOf(monos), dateOf(new Date().toISOString()));
}
