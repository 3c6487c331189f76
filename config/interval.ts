/** How often an account is refreshed, by the names the API takes, in milliseconds. */
export const INTERVAL_MS = {
  one_minute: 60_000,
  five_minute: 5 * 60_000,
  fifteen_minute: 15 * 60_000,
  thirty_minute: 30 * 60_000,
  one_hour: 60 * 60_000,
  six_hours: 6 * 60 * 60_000,
  twelve_hours: 12 * 60 * 60_000,
  daily: 24 * 60 * 60_000,
} as const;

export type Interval = keyof typeof INTERVAL_MS;

export const INTERVALS = Object.keys(INTERVAL_MS) as Interval[];

/** From an interval's name to its length in milliseconds. Tests pass a faster table. */
export type IntervalTable = Readonly<Record<Interval, number>>;
