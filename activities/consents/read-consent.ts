import { commitConsent, type ConsentSaid } from '../../db/consents/commit-consent.ts';
import { findAccountForSync } from '../../db/accounts/find-account-for-sync.ts';
import { pendingWebhooks } from '../../db/webhooks/pending-webhooks.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { WebhookEffect } from '../../providers/provider.ts';
import type { ConsentFound } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { pendingEffects } from '../syncs/pending-effects.ts';

const CONSENT: Partial<Record<WebhookEffect['kind'], ConsentSaid['status']>> = {
  reauth_required: 'reauth_required',
  reauthorized: 'active',
  revoked: 'gone',
};

/**
 * Puts into effect what stored webhooks say of the connection's consent: the last one, by the bank's
 * time, unless something newer is known. Answers with how the consent now stands.
 */
export async function readConsent(
  { db, providers, keyRing }: ActivityDeps,
  accountId: string,
): Promise<ConsentFound> {
  const account = await findAccountForSync(db, accountId);
  if (!account || account.unlinked) return { status: 'unlinked', version: 0 };
  const provider = providers.get(account.provider);
  if (!provider) throw new ProviderError(account.provider, 'config', 'provider_not_configured');
  const webhooks = await pendingWebhooks(db, accountId, 'connection');
  const effects = pendingEffects(
    keyRing,
    provider,
    account.providerAccountId,
    'connection',
    webhooks,
  );
  const said = effects
    .map(({ kind, occurredAt, receivedAt }) => ({
      status: CONSENT[kind],
      asOf: occurredAt ?? receivedAt,
    }))
    .filter((one): one is ConsentSaid => one.status !== undefined);
  const expiries = effects.filter((effect) => effect.kind === 'consent_expires');
  return await commitConsent(db, {
    accountId,
    connectionId: account.connectionId,
    said: said.at(-1) ?? null,
    expiresAt: expiries.at(-1)?.at ?? null,
    webhookIds: webhooks.map(({ id }) => id),
  });
}
