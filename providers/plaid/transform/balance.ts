import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import type { ProviderBalance, Timestamp } from '../../provider.ts';
import { currency, decimal, id, optionalTimestamp, read } from '../fields.ts';

const amount = decimal.nullish().transform((value) => value ?? null);

const amounts = z.object({
  available: amount,
  current: amount,
  limit: amount,
  iso_currency_code: currency,
});

const head = z.object({
  account_id: id,
  balances: z.object({ last_updated_datetime: optionalTimestamp }),
});

/** Whose balance it is, and the bank's own time for it, which Plaid tells of Capital One alone. */
export function toBalanceHead(value: LosslessJson): {
  readonly account: string;
  readonly updatedAt: Timestamp | null;
} {
  const fields = read(head, value, 'account');
  return { account: fields.account_id, updatedAt: fields.balances.last_updated_datetime ?? null };
}

/**
 * `current` of a credit card or loan is what is owed: Plaid's sign is kept. All amounts can be null: there
 * are accounts of which a bank tells none.
 */
export function toBalance(
  value: LosslessJson,
  source: {
    readonly providerAccountId: string;
    readonly dataAsOf: Timestamp;
    readonly raw: string;
  },
): ProviderBalance {
  const fields = read(amounts, value, 'balance');
  return {
    ...source,
    available: fields.available,
    current: fields.current,
    limit: fields.limit,
    currency: fields.iso_currency_code,
  };
}
