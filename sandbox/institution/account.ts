import type { ExtractedAccount } from '../extraction/extracted-account.ts';
import { createExtractedAccount } from '../extraction/extracted-account.ts';
import type { Money } from '../money.ts';
import type { AccountDetails, Funds, Transaction } from './types.ts';

/** An account as the institution has it, with what the aggregator last saw of it beside it. */
export interface Account {
  readonly details: AccountDetails;
  funds: Funds;
  /** Every transaction that exists at the institution now. */
  readonly live: Map<string, Transaction>;
  /** When each removed transaction was removed. */
  readonly removed: Map<string, number>;
  /** Ids that changed since the last extraction of transactions. */
  readonly dirty: Set<string>;
  readonly extracted: ExtractedAccount;
}

export function createAccount(details: AccountDetails): Account {
  return {
    details,
    funds: { ledger: 0n, held: 0n, offset: 0n, changedAt: details.createdAt },
    live: new Map(),
    removed: new Map(),
    dirty: new Set(),
    extracted: createExtractedAccount(),
  };
}

/** What can be spent: the ledger without pending debits. A pending credit does not count yet. */
export function available(funds: Funds): Money {
  return funds.ledger - funds.held + funds.offset;
}
