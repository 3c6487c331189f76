import { parseMoney, type Money } from '../money.ts';
import type { Random } from '../random.ts';
import { paymentPhrase } from './phrases.ts';

/** What is known of a transaction before it is entered in an account. */
export interface Draft {
  /** Positive is money into the account. */
  readonly amount: Money;
  readonly description: string;
  readonly counterparty: string | null;
  /** Null: now. */
  readonly transactedAt: number | null;
  readonly pending: boolean;
}

/** Draws a likely payment: from 50.00 to 90,000.00, about one credit to two debits. */
export function drawTransaction(
  random: Random,
  options: { readonly transactedAt: number | null; readonly pendingPercent: number },
): Draft {
  const direction = random.below(3) === 0 ? 'credit' : 'debit';
  const kobo = String(random.below(100)).padStart(2, '0');
  const size = parseMoney(`${random.between(50, 90_000)}.${kobo}`);
  return {
    ...paymentPhrase(random, direction),
    amount: direction === 'credit' ? size : -size,
    transactedAt: options.transactedAt,
    pending: random.below(100) < options.pendingPercent,
  };
}
