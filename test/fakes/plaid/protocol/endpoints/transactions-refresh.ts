import { z } from 'zod';
import { landRefresh } from '../../items/land-refresh.ts';
import { endpoint } from '../endpoint.ts';
import { healthyItemOf, reachBank } from '../item-of.ts';

/** Only asks for a pull, at a fee; that it has landed is told by webhook. */
export const transactionsRefresh = endpoint(
  '/transactions/refresh',
  z.strictObject({ access_token: z.string() }),
  (world, input) => {
    const item = healthyItemOf(world, input.access_token);
    reachBank(world, item);
    item.refreshesWaiting += 1;
    // Not before its answer.
    if (world.settings.refreshes === 'lands') setImmediate(() => landRefresh(world, item));
    return {};
  },
);
