import type { AccountBase } from 'plaid';
import { iso } from '../../clock.ts';
import { CAPITAL_ONE } from '../../bank/institutions.ts';
import type { Item, ItemAccount } from '../../items/types.ts';
import { wireAmountOrNull, type Wire } from '../../wire.ts';
import type { World } from '../../world.ts';

/** With the balances of the last pull. */
export function accountShape(world: World, item: Item, account: ItemAccount): Wire<AccountBase> {
  const bankAccount = world.bankAccounts.get(account.bankAccountId);
  if (bankAccount === undefined) throw new Error(`account ${account.id} is at no bank`);
  const { available, current, limit } = account.cached;
  return {
    account_id: account.id,
    balances: {
      available: wireAmountOrNull(available),
      current: wireAmountOrNull(current),
      limit: wireAmountOrNull(limit),
      iso_currency_code: bankAccount.currency.iso,
      unofficial_currency_code: bankAccount.currency.unofficial,
      // Only given for Capital One (AccountBalance.last_updated_datetime).
      ...(item.institutionId === CAPITAL_ONE && {
        last_updated_datetime: iso(account.cachedAt),
      }),
    },
    mask: bankAccount.mask,
    name: bankAccount.name,
    official_name: bankAccount.officialName,
    type: bankAccount.type,
    subtype: bankAccount.subtype,
    holder_category: 'personal',
  };
}
