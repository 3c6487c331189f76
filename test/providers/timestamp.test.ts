import { describe, expect, it } from 'vitest';
import { addDays, dateOf, isCalendarDate, parseTimestamp } from '../../providers/timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['2026-03-01T10:20:30.456Z', '2026-03-01T10:20:30.456Z'],
    ['2026-03-01T10:20:30Z', '2026-03-01T10:20:30.000Z'],
    ['2026-03-01T10:20:30.123456Z', '2026-03-01T10:20:30.123Z'],
    ['2026-03-01T10:20:30+01:00', '2026-03-01T09:20:30.000Z'],
    ['2026-03-01T00:20:30+0100', '2026-02-28T23:20:30.000Z'],
    ['2026-03-01 10:20', '2026-03-01T10:20:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(parseTimestamp(text)).toBe(moment);
  });

  it.each([
    '',
    'today',
    '2026-02-30',
    '2026-02-29T10:00:00Z',
    '2026-13-01',
    '01/03/2026',
    '1772000000',
    '0000-12-31',
    '0001-01-01T00:00:00+12:00',
    '9999-12-31T23:59:59-12:00',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });
});

describe('calendar dates', () => {
  it('adds days over months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-03', -7)).toBe('2026-02-24');
  });

  it('knows the date of a moment, and what is a date', () => {
    expect(dateOf('2026-03-01T23:59:59.999Z')).toBe('2026-03-01');
    expect(isCalendarDate('2026-03-01')).toBe(true);
    expect(isCalendarDate('2026-3-1')).toBe(false);
    expect(isCalendarDate('2026-02-30')).toBe(false);
  });
});
