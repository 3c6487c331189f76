import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVAL_MS, INTERVALS } from '../../config/interval.ts';
import { effectiveInterval } from '../../providers/effective-interval.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const none = { smallestIntervalMs: null, callsPerDay: null };

const anyInterval = fc.constantFrom(...INTERVALS);
const anyProducts = fc.integer({ min: 1, max: 2 });
const anyLimits = fc.record({
  smallestIntervalMs: fc.option(fc.integer({ min: 0, max: 2 * DAY })),
  callsPerDay: fc.option(fc.integer({ min: 0, max: 4_000 })),
});

describe('the effective interval', () => {
  it.each([
    ['no limit', 'one_minute', 2, none, 'one_minute', null],
    [
      'a smallest interval that is met',
      'five_minute',
      2,
      { ...none, smallestIntervalMs: 5 * MINUTE },
      'five_minute',
      null,
    ],
    [
      'a smallest interval between two names',
      'one_minute',
      1,
      { ...none, smallestIntervalMs: 6 * MINUTE },
      'fifteen_minute',
      'provider_smallest_interval',
    ],
    [
      'a budget for one product',
      'one_minute',
      1,
      { ...none, callsPerDay: 24 },
      'one_hour',
      'provider_calls_per_day',
    ],
    [
      'the same budget for two',
      'one_minute',
      2,
      { ...none, callsPerDay: 24 },
      'six_hours',
      'provider_calls_per_day',
    ],
    [
      'the narrower of two limits',
      'one_minute',
      1,
      { smallestIntervalMs: 30 * MINUTE, callsPerDay: 24 },
      'one_hour',
      'provider_calls_per_day',
    ],
    [
      'a budget smaller than one refresh a day',
      'one_hour',
      2,
      { ...none, callsPerDay: 1 },
      'daily',
      'provider_calls_per_day',
    ],
    [
      'daily, whatever the budget, and says that it is too much',
      'daily',
      2,
      { ...none, callsPerDay: 1 },
      'daily',
      'provider_calls_per_day',
    ],
    [
      'daily without any budget',
      'daily',
      1,
      { ...none, callsPerDay: 0 },
      'daily',
      'provider_calls_per_day',
    ],
    [
      'daily where the provider wants more than a day between',
      'daily',
      1,
      { ...none, smallestIntervalMs: 2 * DAY },
      'daily',
      'provider_smallest_interval',
    ],
    ['daily with a budget that does', 'daily', 2, { ...none, callsPerDay: 2 }, 'daily', null],
    ['no interval', null, 2, { ...none, callsPerDay: 1 }, null, null],
  ] as const)('%s', (_, requested, products, limits, interval, limitedBy) => {
    expect(effectiveInterval(requested, products, limits)).toEqual({ interval, limitedBy });
  });

  it('is never shorter than asked for, and says just when the provider allows less than that', () => {
    fc.assert(
      fc.property(anyInterval, anyProducts, anyLimits, (requested, products, limits) => {
        const { interval, limitedBy } = effectiveInterval(requested, products, limits);
        const [effectiveMs, requestedMs] = [INTERVAL_MS[interval!], INTERVAL_MS[requested]];
        expect(effectiveMs).toBeGreaterThanOrEqual(requestedMs);
        const wouldBreak = {
          provider_smallest_interval: requestedMs < (limits.smallestIntervalMs ?? 0),
          provider_calls_per_day: (DAY / requestedMs) * products > (limits.callsPerDay ?? Infinity),
        };
        expect(limitedBy !== null).toBe(Object.values(wouldBreak).includes(true));
        expect(limitedBy === null || wouldBreak[limitedBy]).toBe(true);
        expect(limitedBy !== null || effectiveMs === requestedMs).toBe(true);
      }),
    );
  });

  it('keeps within the limits, or is daily', () => {
    fc.assert(
      fc.property(anyInterval, anyProducts, anyLimits, (requested, products, limits) => {
        const { interval } = effectiveInterval(requested, products, limits);
        if (interval === 'daily') return;
        const ms = INTERVAL_MS[interval!];
        expect(ms).toBeGreaterThanOrEqual(limits.smallestIntervalMs ?? 0);
        expect((DAY / ms) * products).toBeLessThanOrEqual(limits.callsPerDay ?? Infinity);
      }),
    );
  });

  it('is the shortest that does: the next shorter name breaks a limit or the wish', () => {
    fc.assert(
      fc.property(anyInterval, anyProducts, anyLimits, (requested, products, limits) => {
        const { interval } = effectiveInterval(requested, products, limits);
        const shorter = INTERVALS[INTERVALS.indexOf(interval!) - 1];
        if (!shorter) return;
        const ms = INTERVAL_MS[shorter];
        const isTooShort =
          ms < INTERVAL_MS[requested] ||
          ms < (limits.smallestIntervalMs ?? 0) ||
          (DAY / ms) * products > (limits.callsPerDay ?? Infinity);
        expect(isTooShort).toBe(true);
      }),
    );
  });
});
