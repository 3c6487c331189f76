import type { LinkSessionItemAddResult } from 'plaid';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import type { LinkSession } from './types.ts';

/** Empty when the session made no item: the user left, or it was update mode. */
export function itemAddResult(
  world: World,
  { result }: LinkSession,
): readonly Wire<LinkSessionItemAddResult>[] {
  const item = result === null ? undefined : world.items.get(result.itemId);
  if (item === undefined || result === null || result.publicToken === null) return [];
  return [
    {
      public_token: result.publicToken,
      accounts: item.accounts.flatMap(({ id, bankAccountId }) => {
        const account = world.bankAccounts.get(bankAccountId);
        if (account === undefined) return [];
        const { name, mask, type, subtype } = account;
        return [{ id, name, mask, type, ...(subtype !== null && { subtype }) }];
      }),
      institution: {
        institution_id: item.institutionId,
        name: world.institutions.get(item.institutionId)?.name ?? '',
      },
    },
  ];
}
