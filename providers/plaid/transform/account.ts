import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import type { ProviderAccount } from '../../provider.ts';
import { currency, id, read, words } from '../fields.ts';

const account = z.object({
  account_id: id,
  name: words,
  official_name: words,
  type: words,
  subtype: words,
  balances: z.object({ iso_currency_code: currency }),
});

/** Plaid gives the last digits of the account number alone (`mask`), which is no number. */
export function toAccount(value: LosslessJson): ProviderAccount {
  const fields = read(account, value, 'account');
  return {
    providerAccountId: fields.account_id,
    name: fields.name ?? fields.official_name,
    number: null,
    type: fields.subtype ?? fields.type,
    currency: fields.balances.iso_currency_code,
  };
}
