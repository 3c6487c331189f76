import { z } from 'zod';
import { CAPITAL_ONE } from '../../bank/institutions.ts';
import { ApiError } from '../../errors/api-error.ts';
import { landRefresh } from '../../items/land-refresh.ts';
import { endpoint } from '../endpoint.ts';
import { healthyItemOf, reachBank } from '../item-of.ts';

/**
 * Only asks for a pull, at a fee; that it has landed is told by webhook. Capital One has none for an Item
 * that "contains only non-depository accounts".
 */
export const transactionsRefresh = endpoint(
  '/transactions/refresh',
  z.strictObject({ access_token: z.string() }),
  (world, input) => {
    const item = healthyItemOf(world, input.access_token);
    const hasDepository = item.accounts.some(
      ({ bankAccountId }) => world.bankAccounts.get(bankAccountId)?.type === 'depository',
    );
    if (item.institutionId === CAPITAL_ONE && !hasDepository) {
      throw new ApiError('PRODUCTS_NOT_SUPPORTED');
    }
    reachBank(world, item);
    item.refreshesWaiting += 1;
    // Not before its answer.
    if (world.settings.refreshes === 'lands') setImmediate(() => landRefresh(world, item));
    return {};
  },
);
