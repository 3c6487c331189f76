import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import type { ProviderBalance, Timestamp } from '../../provider.ts';
import { okraError } from '../errors.ts';
import { currency, optionalDecimal, read, reference, timestamp } from '../fields.ts';

const amounts = z.object({
  available_balance: optionalDecimal,
  ledger_balance: optionalDecimal,
  currency,
});

/** The amounts of a balance, which a webhook's balance and account parts hold too. */
export function toBalance(
  value: LosslessJson,
  source: {
    readonly providerAccountId: string;
    readonly dataAsOf: Timestamp;
    readonly raw: string;
  },
): ProviderBalance {
  const fields = read(amounts, value, 'balance');
  const available = fields.available_balance ?? null;
  const current = fields.ledger_balance ?? null;
  if (available === null && current === null) throw okraError('bug', 'invalid_balance_amounts');
  return { ...source, available, current, limit: null, currency: fields.currency };
}

const balanceHead = z.object({
  account: reference.nullish(),
  last_updated: timestamp.nullish(),
  created_at: timestamp.nullish(),
});

/** Which account a balance of the REST reads is of, and the bank's own time for it. */
export function toBalanceHead(value: LosslessJson): {
  readonly account: string | null;
  readonly dataAsOf: Timestamp | null;
} {
  const head = read(balanceHead, value, 'balance');
  return { account: head.account ?? null, dataAsOf: head.last_updated ?? head.created_at ?? null };
}
