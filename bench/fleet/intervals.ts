import type { Interval } from '../../config/interval.ts';

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

/** An interval for each of `count` accounts, in the shares of `mix`. */
export function intervalsOf(mix: IntervalMix, count: number): Interval[] {
  const names = Object.entries(mix) as [Interval, number][];
  const made = names.flatMap(([name, share]) =>
    Array.from({ length: Math.round(share * count) }, () => name),
  );
  return made.slice(0, count);
}
