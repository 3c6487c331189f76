import type { PendingWebhook } from '../../db/webhooks/pending-webhooks.ts';
import type { EffectProduct } from '../../db/schema.ts';
import { WebhookUnreadable } from '../../providers/errors.ts';
import type { Provider, TranslatedWebhook, WebhookEffect } from '../../providers/provider.ts';

export type PendingEffect = WebhookEffect & {
  /** The bank's time of the webhook; null where it gives none. */
  readonly occurredAt: string | null;
  readonly webhookId: string;
};

/** What stored webhooks say about a product of one account, in their order. */
export function pendingEffects(
  provider: Provider,
  providerAccountId: string,
  product: EffectProduct,
  webhooks: readonly PendingWebhook[],
): PendingEffect[] {
  return webhooks.flatMap(({ id: webhookId, body }) => {
    const { effects, occurredAt } = translate(provider, body, product);
    return effects
      .filter((effect) => effect.kind !== 'changed' || effect.product === product)
      .filter(
        (effect) =>
          effect.kind !== 'balance' || effect.balance.providerAccountId === providerAccountId,
      )
      .map((effect) => ({ ...effect, occurredAt, webhookId }));
  });
}

/** One that was readable when it came, and is no longer, must not hold up its account for good. */
function translate(
  provider: Provider,
  body: Uint8Array,
  product: EffectProduct,
): Pick<TranslatedWebhook, 'effects' | 'occurredAt'> {
  try {
    return provider.translateWebhook(body);
  } catch (error) {
    if (!(error instanceof WebhookUnreadable)) throw error;
    const effects =
      product === 'connection' ? [] : [{ kind: 'changed', product, hint: null } as const];
    return { effects, occurredAt: null };
  }
}
