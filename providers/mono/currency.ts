import { z } from 'zod';

/**
 * What Mono writes for its currencies: the list of api/bank-data/accounts/details has GHC and KSH, older
 * examples `Naira` and `ngn`.
 */
const WRITTEN: Readonly<Record<string, string>> = { NAIRA: 'NGN', GHC: 'GHS', KSH: 'KES' };

/**
 * How many digits the minor unit has: kobo, pesewas and cents are what Mono's figures are in. The last
 * three are of domiciliary accounts.
 */
const DIGITS: Readonly<Record<string, number>> = {
  NGN: 2,
  GHS: 2,
  KES: 2,
  ZAR: 2,
  USD: 2,
  GBP: 2,
  EUR: 2,
};

/** ISO 4217, of a currency whose minor unit is known: the figures of another could not be read. */
export const currency = z.string().transform((value, context) => {
  const written = value.trim().toUpperCase();
  const code = WRITTEN[written] ?? written;
  if (Object.hasOwn(DIGITS, code)) return code;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

export function minorDigits(code: string): number {
  return DIGITS[code] ?? 2;
}
