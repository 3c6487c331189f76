import { hashLinkSession } from '../../credentials/link-session.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import { openBody } from '../../credentials/webhook-body.ts';
import { furthest } from '../../db/link-sessions/how-it-stands.ts';
import type { PendingWebhook } from '../../db/webhooks/pending-webhooks.ts';
import type { LinkProgress, Provider, WebhookEffect } from '../../providers/provider.ts';

/** How far a session has come, by what its stored webhooks say. */
export interface Heard extends LinkProgress {
  /** One of them cannot be read any more: the provider is to be asked. */
  readonly isUnreadable: boolean;
}

export function progressOf(
  keyRing: KeyRing,
  provider: Provider | undefined,
  session: { readonly session_hash: Buffer },
  webhooks: readonly PendingWebhook[],
): Heard {
  let isUnreadable = false;
  const told = webhooks.flatMap((webhook) => {
    const effects = provider && effectsOf(provider, openBody(keyRing, webhook));
    if (!effects) isUnreadable = true;
    return (effects ?? []).flatMap((effect) =>
      effect.kind === 'link' && hashLinkSession(effect.session).equals(session.session_hash)
        ? effect
        : [],
    );
  });
  return {
    state: furthest(told.map(({ state }) => state)),
    links: told.flatMap(({ links }) => links),
    isUnreadable,
  };
}

function effectsOf(provider: Provider, body: Uint8Array | null): readonly WebhookEffect[] | null {
  try {
    return body && provider.translateWebhook(body).effects;
  } catch {
    return null;
  }
}
