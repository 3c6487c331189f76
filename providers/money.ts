import type { Decimal } from './provider.ts';

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const MAX_DIGITS = 60;

/**
 * An exact decimal in plain form from a number's source text: `1.50` stays `1.50` (the scale is the
 * source's), `1e3` becomes `1000`, `+007` becomes `7`, `-0.00` becomes `0.00`. Null when the text
 * is not one number of at most 60 digits.
 */
export function parseDecimal(text: string): Decimal | null {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (Math.max(digits.length, point, digits.length - point) > MAX_DIGITS) return null;
  const padded = digits.padStart(digits.length - Math.min(point, 0), '0').padEnd(point, '0');
  const split = Math.max(point, 0);
  const integer = padded.slice(0, split).replace(/^0+(?=\d)/, '') || '0';
  const rest = padded.slice(split);
  const plain = rest === '' ? integer : `${integer}.${rest}`;
  return sign === '-' && !isZero(plain) ? `-${plain}` : plain;
}

/** The same amount the other way. Zero has no sign. */
export function negate(amount: Decimal): Decimal {
  if (isZero(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

export function isZero(amount: Decimal): boolean {
  return /^-?[0.]+$/.test(amount);
}
