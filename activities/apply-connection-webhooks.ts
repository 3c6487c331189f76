import { commitConsent } from '../db/commit-consent.ts';
import { pendingWebhooks } from '../db/pending-webhooks.ts';
import type { ConsentState } from './contract.ts';
import type { ActivityDeps } from './deps.ts';
import { openAccount } from './open-account.ts';
import { pendingEffects } from './pending-effects.ts';

const CONSENT = {
  reauth_required: 'reauth_required',
  reauthorized: 'active',
  revoked: 'gone',
} as const;

/**
 * Puts into effect what stored webhooks say of the connection's consent. The last one, by the
 * bank's time, counts.
 */
export async function applyConnectionWebhooks(
  deps: ActivityDeps,
  accountId: string,
): Promise<ConsentState | null> {
  const { account, provider } = await openAccount(deps, accountId);
  const webhooks = await pendingWebhooks(deps.db, accountId, 'connection');
  const said = pendingEffects(provider, account.providerAccountId, 'connection', webhooks)
    .map((effect) => (effect.kind in CONSENT ? CONSENT[effect.kind as keyof typeof CONSENT] : null))
    .filter((state) => state !== null);
  const last = said.at(-1) ?? null;
  if (webhooks.length === 0) return null;
  await commitConsent(deps.db, {
    accountId,
    connectionId: account.connectionId,
    status: last,
    webhookIds: webhooks.map(({ id }) => id),
  });
  return last;
}
