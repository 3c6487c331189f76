import { isPaid, type Call } from '../call-log.ts';
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Settings } from '../settings.ts';
import type { BeforePage } from '../sync/before-page.ts';
import type { WebhookKeys } from '../webhooks/keys.ts';
import type { World } from '../world.ts';
import { createBankControl, type BankControl } from './bank.ts';
import { createItemControl, type ItemControl } from './items.ts';
import { createLinkControl, type LinkControl } from './link.ts';
import { createWebhookControl, type WebhookControl } from './webhooks.ts';

/** What a test does to the world behind the protocol. */
export interface Control extends BankControl, ItemControl, LinkControl {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly keys: WebhookKeys;
  readonly webhooks: WebhookControl;
  /** Called before each page of `/transactions/sync`; null for nothing. */
  beforePage(hook: BeforePage | null): void;
  /** Oldest first; of one endpoint, such as `/transactions/sync`, where one is given. */
  calls(endpoint?: string): readonly Call[];
  clearCalls(): void;
  /** Successful calls that cost something: real-time balances and refreshes. */
  paidCalls(): number;
}

export function createControl(world: World, webhookUrl: string | null): Control {
  return {
    ...createBankControl(world),
    ...createItemControl(world),
    ...createLinkControl(world, webhookUrl),
    clock: world.clock,
    settings: world.settings,
    faults: world.faults,
    keys: world.keys,
    webhooks: createWebhookControl(world),
    beforePage(hook) {
      world.beforePage = hook;
    },
    calls: (endpoint) => world.calls.list(endpoint),
    clearCalls: () => world.calls.clear(),
    paidCalls: () => world.calls.list().filter(isPaid).length,
  };
}
