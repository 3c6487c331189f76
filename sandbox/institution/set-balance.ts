import type { Money } from '../money.ts';
import type { World } from '../state/world.ts';
import type { Account } from './account.ts';

/** Sets what the institution says of an account's money, whatever its transactions add up to. */
export function setBalance(
  world: World,
  account: Account,
  balance: { readonly ledger: Money; readonly available: Money },
): void {
  const { held } = account.funds;
  world.apply({
    op: 'funds',
    account: account.details.id,
    funds: {
      ledger: balance.ledger,
      held,
      offset: balance.available - balance.ledger + held,
      changedAt: world.tick(),
    },
  });
}
