import type { Settings } from './settings.ts';
import type { Currency } from './types.ts';

const LOCAL: Readonly<Record<Currency, string>> = {
  NGN: 'NGN',
  GHS: 'GHC',
  KES: 'KSH',
  ZAR: 'ZAR',
};

/** A currency as Mono writes it. */
export function currencyCode(currency: Currency, { currencyCodes }: Settings): string {
  if (currencyCodes === 'local') return LOCAL[currency];
  return currencyCodes === 'lower' ? currency.toLowerCase() : currency;
}
