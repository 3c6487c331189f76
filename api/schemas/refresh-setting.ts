import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import type { Interval } from '../../config/interval.ts';
import { PRODUCTS, type Product } from '../../config/product.ts';
import { interval, productsIn } from './common.ts';
import { endpointUrl } from './endpoint-url.ts';

const refreshOptions = (rules: EndpointRules) =>
  z.strictObject({
    interval: interval.optional(),
    products: productsIn.optional(),
    webhook_url: endpointUrl(rules)
      .optional()
      .describe('Where events of the account are sent: it becomes an endpoint of its own.'),
  });

/** How a linked account is kept fresh: the three spellings of Okra's data-sync feature. */
export const refreshSetting = (rules: EndpointRules) =>
  z
    .union([z.boolean(), refreshOptions(rules)], {
      error: 'must be true, false or {interval, products, webhook_url}',
    })
    .describe(
      'true (the default): daily, balance and transaction. false: only by webhooks and by hand. Or an object; what it leaves out is as with true.',
    );

export interface RefreshSettings {
  /** Null: no refresh by itself. */
  readonly interval: Interval | null;
  readonly products: readonly Product[];
  readonly webhookUrl: string | null;
}

/** What the account's settings become. */
export function toRefreshSettings(
  refresh: z.output<ReturnType<typeof refreshSetting>> | undefined,
): RefreshSettings {
  if (refresh === false) return { interval: null, products: PRODUCTS, webhookUrl: null };
  const options = refresh === true || refresh === undefined ? {} : refresh;
  return {
    interval: options.interval ?? 'daily',
    products: options.products ?? PRODUCTS,
    webhookUrl: options.webhook_url ?? null,
  };
}
