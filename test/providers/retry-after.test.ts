import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../providers/retry-after.ts';

const LIMITS = { defaultMs: 60_000, longestMs: 3_600_000 };
const NOW = Date.parse('2026-03-01T00:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['zero', '0', 0],
    ['a date', 'Sun, 01 Mar 2026 00:00:30 GMT', 30_000],
    ['a date that has passed', 'Sun, 01 Mar 2026 00:00:00 GMT', 0],
    ['more than is believed', '86400', 3_600_000],
    ['a date too far off', 'Mon, 02 Mar 2026 00:00:00 GMT', 3_600_000],
    ['nothing', null, 60_000],
    ['an empty header', '', 60_000],
    ['a fraction', '1.5', 60_000],
    ['a negative number', '-3', 60_000],
    ['nonsense', 'soon', 60_000],
  ])('%s', (_name, header, wait) => {
    expect(retryAfterMs(header, LIMITS, NOW)).toBe(wait);
  });
});
