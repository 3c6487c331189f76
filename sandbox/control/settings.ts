import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { Settings } from '../settings.ts';
import { nothing, type ControlRoutes } from './control-route.ts';
import { findCustomer } from './find.ts';

const milliseconds = z.int().min(0).max(86_400_000);

const general = z.strictObject({
  processing_ms: milliseconds.optional(),
  refresh_webhooks: z.boolean().optional(),
});

const target = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).nullable(),
  token: z.string().min(1).nullable().default(null),
  customer: z.string().optional(),
});

const delivery = z.strictObject({
  mode: z.enum(['normal', 'hold', 'drop']).optional(),
  delay_ms: milliseconds.optional(),
  duplicate: z.int().min(0).max(100).optional(),
  shuffle: z.boolean().optional(),
  retry_base_ms: milliseconds.min(1).optional(),
  timeout_ms: milliseconds.min(1).optional(),
});

/** What of the bank can be set. A field that is left out stays as it is. */
export function settingsControl(route: ControlRoutes, bank: Bank): void {
  const { world } = bank;
  const put = (change: Partial<Settings>): void =>
    world.apply({ op: 'settings', settings: { ...world.state.settings, ...change } });

  route('GET', '/control/settings', nothing, () => shown(world.state.settings));
  route('PUT', '/control/settings', general, (input) => {
    const { processingMs, refreshWebhooks } = world.state.settings;
    put({
      processingMs: input.processing_ms ?? processingMs,
      refreshWebhooks: input.refresh_webhooks ?? refreshWebhooks,
    });
    return shown(world.state.settings);
  });
  route('PUT', '/control/webhooks/target', target, ({ url, token, customer: id }) => {
    const chosen = url === null ? null : { url, token };
    if (id === undefined) {
      put({ target: chosen });
    } else {
      const customer = findCustomer(bank, id);
      world.apply({ op: 'customer', customer: { ...customer, target: chosen } });
    }
    return { target: { url, customer: id ?? null } };
  });
  route('GET', '/control/webhooks/delivery', nothing, () => shown(world.state.settings).delivery);
  route('PUT', '/control/webhooks/delivery', delivery, (input) => {
    const now = world.state.settings.delivery;
    put({
      delivery: {
        mode: input.mode ?? now.mode,
        delayMs: input.delay_ms ?? now.delayMs,
        duplicate: input.duplicate ?? now.duplicate,
        shuffle: input.shuffle ?? now.shuffle,
        retryBaseMs: input.retry_base_ms ?? now.retryBaseMs,
        timeoutMs: input.timeout_ms ?? now.timeoutMs,
      },
    });
    return shown(world.state.settings).delivery;
  });
}

/** Without the token, which is write-only. */
function shown(settings: Settings) {
  const { delivery } = settings;
  return {
    processing_ms: settings.processingMs,
    refresh_webhooks: settings.refreshWebhooks,
    target: settings.target === null ? null : { url: settings.target.url },
    delivery: {
      mode: delivery.mode,
      delay_ms: delivery.delayMs,
      duplicate: delivery.duplicate,
      shuffle: delivery.shuffle,
      retry_base_ms: delivery.retryBaseMs,
      timeout_ms: delivery.timeoutMs,
    },
  };
}
