import { expect, it } from 'vitest';
import { toMajor } from '../../../providers/mono/amount.ts';

it.each([
  ['12345', '123.45'],
  ['7', '0.07'],
  ['-7', '-0.07'],
  ['0', '0.00'],
  ['12345.5', '123.455'],
])('%s kobo are %s naira', (minor, major) => {
  expect(toMajor(minor, 'NGN')).toBe(major);
});

it('gives no figure in the wrong unit where it has more digits than can be kept', () => {
  expect(() => toMajor(`0.${'1'.repeat(59)}`, 'NGN')).toThrow('invalid_amount');
});
