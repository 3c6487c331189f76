import { expect, it } from 'vitest';
import { budgetPace } from '../../db/calls/budget-pace.ts';

it.each([1, 2, 3, 4, 5, 7, 8, 30, 50, 60, 400, 2_500])(
  'of %i calls a window never has more, and not many fewer',
  (calls) => {
    const { burst, stepMs } = budgetPace(calls, 60_000);
    // All that can come as early as possible: what comes later only leaves room.
    const times: number[] = Array.from({ length: burst }, () => 0);
    while (times.length < 3 * calls) times.push((times.length - burst + 1) * stepMs);
    const gaps = times.slice(calls).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000 - 1e-6);
    const atOnce = calls <= 60 ? 1 / 2 : 1 / 4;
    expect(burst).toBe(Math.max(1, Math.floor(calls * atOnce)));
    expect(60_000 / stepMs).toBeGreaterThanOrEqual(calls * (1 - atOnce));
  },
);

it('a minute is a little longer, for calls that are held up on their way', () => {
  expect(budgetPace(1)).toEqual({ burst: 1, stepMs: 62_000 });
  expect(budgetPace(8)).toEqual({ burst: 4, stepMs: 62_000 / 5 });
  expect(budgetPace(80)).toEqual({ burst: 20, stepMs: 62_000 / 61 });
});

it('less than one call in a minute is one in some minutes, and of what is no number one is rounded down', () => {
  expect(budgetPace(0.2)).toEqual({ burst: 1, stepMs: 310_000 });
  expect(budgetPace(2.9)).toEqual(budgetPace(2));
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d is no budget', (calls) => {
  expect(() => budgetPace(calls)).toThrow(RangeError);
});
