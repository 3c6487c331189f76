import type { KeyRing } from '../../credentials/key-ring.ts';
import { openBody } from '../../credentials/webhook-body.ts';
import type { PendingWebhook } from '../../db/webhooks/pending-webhooks.ts';
import type { EffectProduct } from '../../db/schema.ts';
import type { Provider, TranslatedWebhook, WebhookEffect } from '../../providers/provider.ts';

export type PendingEffect = WebhookEffect & {
  /** The bank's time of the webhook; null where it gives none. */
  readonly occurredAt: string | null;
  /** When it came: what the bank gives no time is as of then. */
  readonly receivedAt: string;
  readonly webhookId: string;
};

/** What stored webhooks say about a product of one account, in their order. */
export function pendingEffects(
  keyRing: KeyRing,
  provider: Provider,
  providerAccountId: string,
  product: EffectProduct,
  webhooks: readonly PendingWebhook[],
): PendingEffect[] {
  return webhooks.flatMap((webhook) => {
    const { effects, occurredAt } = translate(provider, openBody(keyRing, webhook), product);
    return effects
      .filter((effect) => !('product' in effect) || effect.product === product)
      .filter(
        (effect) =>
          effect.kind !== 'balance' || effect.balance.providerAccountId === providerAccountId,
      )
      .map((effect) => ({
        ...effect,
        occurredAt,
        receivedAt: webhook.receivedAt.toISOString(),
        webhookId: webhook.id,
      }));
  });
}

/**
 * One whose body was redacted, or can no longer be read, must not hold up its account for good: all that it
 * can have told of is read.
 */
function translate(
  provider: Provider,
  body: Uint8Array | null,
  product: EffectProduct,
): Pick<TranslatedWebhook, 'effects' | 'occurredAt'> {
  try {
    if (body !== null) return provider.translateWebhook(body);
  } catch {
    // As if it had been redacted.
  }
  const effects = product === 'connection' ? [] : [{ kind: 'unclear', product } as const];
  return { effects, occurredAt: null };
}
