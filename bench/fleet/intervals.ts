import { INTERVAL_MS, type Interval } from '../../config/interval.ts';

/** Which share of a fleet is refreshed how often. */
export type IntervalMix = Partial<Readonly<Record<Interval, number>>>;

/** A plausible one: most accounts are only looked at now and then. */
export const MIX: IntervalMix = {
  one_minute: 0.01,
  five_minute: 0.04,
  one_hour: 0.15,
  six_hours: 0.3,
  daily: 0.5,
};

const DAY_MS = 24 * 60 * 60_000;

/** An interval for each of `count` accounts, in the shares of `mix`. */
export function intervalsOf(mix: IntervalMix, count: number): Interval[] {
  const names = Object.entries(mix) as [Interval, number][];
  const made = names.flatMap(([name, share]) =>
    Array.from({ length: Math.round(share * count) }, () => name),
  );
  return made.slice(0, count);
}

/** How often an account of such a fleet is refreshed in a day, on average. */
export function refreshesPerDay(mix: IntervalMix): number {
  const names = Object.entries(mix) as [Interval, number][];
  return names.reduce((sum, [name, share]) => sum + (share * DAY_MS) / INTERVAL_MS[name], 0);
}
