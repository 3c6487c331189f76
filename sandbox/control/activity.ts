import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { ActivitySettings } from '../settings.ts';
import { nothing, type ControlRoutes } from './control-route.ts';
import { announcing } from './fields.ts';
import { findAccount } from './find.ts';

const activity = z.strictObject({
  accounts: z.union([z.literal('all'), z.array(z.string()).min(1)]).default('all'),
  every_ms: z.int().min(10).max(86_400_000),
  count: z.int().min(1).max(1000).default(1),
  pending_percent: z.int().min(0).max(100).default(30),
  webhooks: announcing.default('send'),
});

/** Lets customers pay and be paid by themselves. */
export function activityControl(route: ControlRoutes, bank: Bank): void {
  const { world } = bank;
  const put = (settings: ActivitySettings | null): object => {
    world.apply({
      op: 'settings',
      settings: { ...world.state.settings, activity: settings },
    });
    bank.activity.restart();
    return { activity: shown(settings) };
  };
  route('GET', '/control/activity', nothing, () => ({
    activity: shown(world.state.settings.activity),
  }));
  route('PUT', '/control/activity', activity, (input) => {
    if (input.accounts !== 'all') for (const id of input.accounts) findAccount(bank, id);
    return put({
      accounts: input.accounts,
      everyMs: input.every_ms,
      count: input.count,
      pendingPercent: input.pending_percent,
      webhooks: input.webhooks,
    });
  });
  route('DELETE', '/control/activity', nothing, () => put(null));
}

function shown(settings: ActivitySettings | null) {
  if (settings === null) return null;
  const { accounts, everyMs, count, pendingPercent, webhooks } = settings;
  return { accounts, every_ms: everyMs, count, pending_percent: pendingPercent, webhooks };
}
