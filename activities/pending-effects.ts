import type { PendingWebhook } from '../db/pending-webhooks.ts';
import type { Provider, WebhookEffect } from '../providers/provider.ts';

export type PendingEffect = WebhookEffect & {
  /** The bank's time of the webhook; null where it gives none. */
  readonly occurredAt: string | null;
};

/** What stored webhooks say about one account, in their order. */
export function pendingEffects(
  provider: Provider,
  providerAccountId: string,
  webhooks: readonly PendingWebhook[],
): PendingEffect[] {
  return webhooks.flatMap(({ body }) => {
    const { effects, occurredAt } = provider.translateWebhook(body);
    return effects
      .filter(
        (effect) =>
          effect.kind !== 'balance' || effect.balance.providerAccountId === providerAccountId,
      )
      .map((effect) => ({ ...effect, occurredAt }));
  });
}
