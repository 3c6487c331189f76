import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import type { ProviderAccount } from '../../provider.ts';
import { currency } from '../currency.ts';
import { id, read, words } from '../fields.ts';

const account = z.object({
  id,
  name: words,
  account_number: words,
  type: words,
  currency,
});

export function toAccount(value: LosslessJson): ProviderAccount {
  const fields = read(account, value, 'account');
  return {
    providerAccountId: fields.id,
    name: fields.name,
    number: fields.account_number,
    type: fields.type,
    currency: fields.currency,
  };
}

const institution = z
  .object({ name: words, bank_code: words, bankCode: words })
  .nullish()
  .catch(null);

/** Where the account is. The answer has no id of Mono's for it: the bank's code in its country is taken. */
export function toInstitution(value: LosslessJson | undefined): {
  readonly institutionId: string | null;
  readonly institutionName: string | null;
} {
  const found = institution.parse(value);
  return {
    institutionId: found?.bank_code ?? found?.bankCode ?? null,
    institutionName: found?.name ?? null,
  };
}

/** The currency of an account: its transactions name none. */
export function currencyOf(value: LosslessJson): string {
  return read(z.object({ currency }), value, 'account').currency;
}
