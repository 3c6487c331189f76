import { newId } from './ids.ts';
import { INSTITUTIONS } from './institutions.ts';
import { addTransaction, type NewTransaction } from './truth.ts';
import type { Account, Currency, Institution } from './types.ts';
import type { World } from './world.ts';

export interface NewAccount {
  readonly id?: string;
  /** NGN when not given. */
  readonly currency?: Currency;
  /** Of the customer who opens the link, when not given. */
  readonly customerId?: string;
  readonly institution?: Institution;
  readonly name?: string;
  readonly number?: string;
  readonly type?: string;
  readonly bvn?: string | null;
  readonly authMethod?: string;
  /** In minor units, before the transactions; 0 when not given. */
  readonly openingBalance?: number;
  readonly transactions?: readonly NewTransaction[];
}

/** Opens an account at its bank. Mono knows nothing of it before it is linked. */
export function openAccount(world: World, details: NewAccount = {}): Account {
  const currency = details.currency ?? 'NGN';
  const account: Account = {
    id: details.id ?? newId(),
    institution: details.institution ?? INSTITUTIONS[currency],
    name: details.name ?? 'ADA OBI',
    number: details.number ?? String(1_000_000_000 + world.accounts.size),
    type: details.type ?? 'SAVINGS_ACCOUNT',
    currency,
    bvn: details.bvn ?? null,
    authMethod: details.authMethod ?? 'internet_banking',
    createdAt: world.now(),
    updatedAt: world.now(),
    customerId: details.customerId ?? '',
    balance: details.openingBalance ?? 0,
    transactions: new Map(),
    shown: { balance: null, transactions: null },
    dataStatus: 'PROCESSING',
    linked: false,
    ref: null,
    reauthRequired: false,
    session: null,
  };
  world.accounts.set(account.id, account);
  for (const each of details.transactions ?? []) addTransaction(world, account, each);
  return account;
}
