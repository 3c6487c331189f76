import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import { isZero } from '../../money.ts';
import type { ProviderBalance, Timestamp } from '../../provider.ts';
import { minorUnits, toMajor } from '../amount.ts';
import { currency } from '../currency.ts';
import { read } from '../fields.ts';

const account = z.object({ balance: minorUnits, currency });

/**
 * The balance in an account of the API or of a webhook. There is one figure, and no page says whether it is what
 * can be spent: it is taken for the ledger's.
 */
export function toBalance(
  value: LosslessJson,
  source: {
    readonly providerAccountId: string;
    readonly dataAsOf: Timestamp;
    readonly raw: string;
  },
): ProviderBalance {
  const { balance, currency } = read(account, value, 'balance');
  return {
    ...source,
    available: null,
    current: toMajor(balance, currency),
    limit: null,
    currency,
  };
}

export function isNothing({ current }: ProviderBalance): boolean {
  return current === null || isZero(current);
}
