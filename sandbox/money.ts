/** Six decimal places are held; that covers every currency that a bank account can have. */
const SCALE = 6;
const UNIT = 10n ** BigInt(SCALE);

/** An exact amount of money, in millionths of its currency's main unit. */
export type Money = bigint;

/**
 * Accepts `12`, `-12.5` or `12345678901234567.89`: at most 24 digits before the point and 6 after
 * it.
 */
export const DECIMAL = /^-?\d{1,24}(?:\.\d{1,6})?$/;

/**
 * Reads a decimal string exactly. Throws a RangeError for anything that `DECIMAL` does not match.
 */
export function parseMoney(text: string): Money {
  if (!DECIMAL.test(text)) throw new RangeError('not a decimal amount');
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(SCALE, '0'));
  return negative ? -units : units;
}

/** Writes an amount with two decimals, or with as many more as it needs: `-12.50`, `0.123`. */
export function formatMoney(amount: Money): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % UNIT)
    .toString()
    .padStart(SCALE, '0')
    .replace(/0{1,4}$/, '');
  return `${amount < 0n ? '-' : ''}${size / UNIT}.${fraction}`;
}

/** The amount without its sign. */
export function magnitude(amount: Money): Money {
  return amount < 0n ? -amount : amount;
}
