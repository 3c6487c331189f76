import { z } from 'zod';
import type { LosslessJson } from '../../json.ts';
import type { ProviderAccount } from '../../provider.ts';
import { currency, id, read, requireId, words } from '../fields.ts';

const account = z.object({
  _id: id.nullish(),
  id: id.nullish(),
  nuban: words,
  name: words,
  type: words,
  currency,
});

export function toAccount(value: LosslessJson): ProviderAccount {
  const fields = read(account, value, 'account');
  return {
    providerAccountId: requireId(fields, 'account'),
    name: fields.name,
    number: fields.nuban,
    type: fields.type,
    currency: fields.currency,
  };
}

const bankOfAccount = z.object({
  bank: z
    .union([
      id.transform((bank) => ({ ids: [bank], name: null })),
      z
        .object({ _id: id.nullish(), id: id.nullish(), name: words })
        .transform(({ _id: mongoId, id, name }) => ({ ids: [mongoId, id], name })),
    ])
    .nullish(),
});

/** The bank an account is at: every id that the answer gives it, and its name. */
export function toBank(value: LosslessJson): {
  readonly ids: readonly (string | null | undefined)[];
  readonly name: string | null;
} {
  return read(bankOfAccount, value, 'account').bank ?? { ids: [], name: null };
}
