import type { PendingWebhook } from '../../db/webhooks/pending-webhooks.ts';
import type { PendingEffect } from './pending-effects.ts';

/** Those webhooks, and what they say, that can be put into effect without a call to the bank. */
export function heldInFull(
  webhooks: readonly PendingWebhook[],
  effects: readonly PendingEffect[],
): { readonly webhooks: readonly PendingWebhook[]; readonly effects: readonly PendingEffect[] } {
  const pointing = new Set(
    effects
      .filter(({ kind }) => kind === 'changed' || kind === 'unclear')
      .map(({ webhookId }) => webhookId),
  );
  return {
    webhooks: webhooks.filter(({ id }) => !pointing.has(id)),
    effects: effects.filter(({ webhookId }) => !pointing.has(webhookId)),
  };
}
