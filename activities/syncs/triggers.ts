import type { Product } from '../../config/product.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Trigger } from '../../workflows/messages.ts';

/** Whether nothing but `trigger` asked for the sync. */
export function isOnly(trigger: Trigger, triggers: readonly Trigger[]): boolean {
  return triggers.every((one) => one === trigger);
}

/** Whether the bank itself is to be asked. After a webhook the provider has just done so. */
export function wantsRefresh(
  provider: Provider,
  product: Product,
  triggers: readonly Trigger[],
): boolean {
  switch (provider.capabilities.refreshOnDemand[product]) {
    case 'never':
      return false;
    case 'asked':
      return triggers.includes('manual');
    case 'always':
      return !isOnly('webhook', triggers);
  }
}
