import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { iso } from '../clock.ts';
import { nothing, type ControlRoutes } from './control-route.ts';

const filter = z.strictObject({
  endpoint: z.string().optional(),
  account: z.string().optional(),
  customer: z.string().optional(),
});

/** Which calls of the protocol came in. */
export function callControl(route: ControlRoutes, { calls }: Bank): void {
  route('GET', '/control/calls', filter, (wanted) => {
    const found = calls
      .list()
      .filter(({ endpoint }) => wanted.endpoint === undefined || endpoint === wanted.endpoint)
      .filter(({ account }) => wanted.account === undefined || account === wanted.account)
      .filter(({ customer }) => wanted.customer === undefined || customer === wanted.customer);
    const counts: Record<string, number> = {};
    for (const { endpoint } of found) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
    return {
      total: calls.total(),
      by_endpoint: counts,
      calls: found.map((call) => ({ ...call, at: iso(call.at) })),
    };
  });
  route('DELETE', '/control/calls', nothing, () => {
    calls.clear();
    return { total: 0 };
  });
}
