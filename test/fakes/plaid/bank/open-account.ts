import type { AccountSubtype, AccountType } from 'plaid';
import { plaidId } from '../ids.ts';
import type { World } from '../world.ts';
import type { Balances, BankAccount, Currency, Login } from './types.ts';

export interface AccountToOpen {
  /** `depository` when left out. */
  readonly type?: `${AccountType}`;
  /** `checking` for a depository account, `credit card` for a credit one, when left out. */
  readonly subtype?: `${AccountSubtype}` | null;
  readonly name?: string;
  readonly officialName?: string | null;
  readonly mask?: string | null;
  /** USD when neither is given. */
  readonly currency?: string;
  readonly unofficialCurrency?: string;
  readonly balances?: Partial<Balances>;
}

export function openAccount(world: World, login: Login, asked: AccountToOpen): BankAccount {
  const type = asked.type ?? 'depository';
  const account: BankAccount = {
    id: `bank-account-${plaidId()}`,
    loginId: login.id,
    name: asked.name ?? `Plaid ${type === 'credit' ? 'Credit Card' : 'Checking'}`,
    officialName: asked.officialName ?? null,
    mask: asked.mask === undefined ? String(login.accounts.length).padStart(4, '0') : asked.mask,
    type,
    subtype: asked.subtype === undefined ? usualSubtype(type) : asked.subtype,
    currency: currencyOf(asked),
    balances: { available: '100.00', current: '110.00', limit: null, ...asked.balances },
    open: true,
    transactions: new Map(),
  };
  login.accounts.push(account);
  world.bankAccounts.set(account.id, account);
  return account;
}

function usualSubtype(type: `${AccountType}`): `${AccountSubtype}` | null {
  if (type === 'depository') return 'checking';
  return type === 'credit' ? 'credit card' : null;
}

function currencyOf({ currency, unofficialCurrency }: AccountToOpen): Currency {
  if (unofficialCurrency !== undefined) return { iso: null, unofficial: unofficialCurrency };
  return { iso: currency ?? 'USD', unofficial: null };
}
