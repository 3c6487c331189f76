import { describe, expect, it } from 'vitest';
import { isZero, negate, parseDecimal } from '../../providers/money.ts';
import { randomFrom } from '../support/random.ts';

describe('parseDecimal', () => {
  it.each([
    ['12345678901234567.89', '12345678901234567.89'],
    ['0.005', '0.005'],
    ['1.50', '1.50'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['+5', '5'],
    ['007', '7'],
    ['-007.10', '-7.10'],
    ['1e3', '1000'],
    ['1E+3', '1000'],
    ['1.5e1', '15'],
    ['1.50e1', '15.0'],
    ['1.5e3', '1500'],
    ['-12.34e-4', '-0.001234'],
    ['1e-3', '0.001'],
    ['12e-1', '1.2'],
    ['0e5', '0'],
    ['9'.repeat(60), '9'.repeat(60)],
  ])('%s is %s', (text, plain) => {
    expect(parseDecimal(text)).toBe(plain);
  });

  it.each([
    '',
    ' ',
    'NaN',
    'Infinity',
    '-',
    '.',
    '.5',
    '5.',
    '1,000',
    '1 000',
    '0x10',
    '1e',
    '--1',
    '₦5',
    '1.2.3',
    '٣',
    '1\n',
    '1e999',
    '1e-61',
    '9'.repeat(61),
  ])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  it('agrees with integer arithmetic on numbers drawn at random', () => {
    const seed = Number(process.env['FRESHET_TEST_SEED'] ?? Date.now() % 1_000_000);
    const next = randomFrom(seed);
    for (let i = 0; i < 2_000; i += 1) {
      const units = BigInt(Math.floor(next() * 1e15)) * (next() < 0.5 ? -1n : 1n);
      const scale = Math.floor(next() * 7);
      const shift = Math.floor(next() * 13) - 6;
      const parsed = parseDecimal(`${written(units, scale)}e${shift}`);
      expect(parsed, `seed ${seed}`).not.toBeNull();
      expect(scaled(parsed ?? '', 20), `seed ${seed}`).toBe(
        units * 10n ** BigInt(20 - scale + shift),
      );
    }
  });
});

describe('negate', () => {
  it.each([
    ['5', '-5'],
    ['-5.10', '5.10'],
    ['0', '0'],
    ['0.00', '0.00'],
  ])('%s becomes %s', (amount, negated) => {
    expect(negate(amount)).toBe(negated);
  });
});

describe('isZero', () => {
  it.each([
    ['0', true],
    ['0.000', true],
    ['0.001', false],
    ['-10', false],
  ])('%s: %s', (amount, zero) => {
    expect(isZero(amount)).toBe(zero);
  });
});

function written(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const split = digits.length - scale;
  const fraction = scale === 0 ? '' : `.${digits.slice(split)}`;
  return `${units < 0n ? '-' : ''}${digits.slice(0, split)}${fraction}`;
}

function scaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(scale, '0'));
  return text.startsWith('-') ? -units : units;
}
