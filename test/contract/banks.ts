import type { BankKind } from './bank.ts';
import { mono } from './banks/mono.ts';
import { okra } from './banks/okra.ts';
import { plaid } from './banks/plaid.ts';

/** Every provider that the contract holds for. */
export const BANKS: readonly BankKind[] = [okra, plaid, mono];
