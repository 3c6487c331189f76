import { isDeepStrictEqual } from 'node:util';
import { truthOf } from './truth.ts';
import type { Account, Extraction, Part } from './types.ts';
import type { World } from './world.ts';

export const EVERYTHING: readonly Part[] = ['balance', 'transactions'];

/**
 * Retrieves from the bank what is asked for. True when Mono shows anything else than before.
 *
 * The data status follows the table of docs/financial-data/realtime-data: with both parts it is
 * AVAILABLE, with one PARTIAL.
 */
export function extract(world: World, account: Account, parts: readonly Part[]): boolean {
  const truth = truthOf(account);
  const before = account.shown;
  const after: Extraction = {
    balance: parts.includes('balance') ? truth.balance : before.balance,
    transactions: parts.includes('transactions') ? truth.transactions : before.transactions,
  };
  account.shown = after;
  account.updatedAt = world.now();
  if (parts.length > 0) {
    account.dataStatus = retrievedOf(account).length === 2 ? 'AVAILABLE' : 'PARTIAL';
  }
  return !isDeepStrictEqual(before, after);
}

/** The parts that Mono holds. */
export function retrievedOf({ shown }: Account): readonly Part[] {
  return EVERYTHING.filter((part) => shown[part] !== null);
}
