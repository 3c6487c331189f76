import { eraseConnection } from '../../db/connections/erase-connection.ts';
import { openBody } from '../../credentials/webhook-body.ts';
import type { ErasedConnection } from '../../db/webhooks/erase-webhooks.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { ProviderRegistry } from '../../providers/registry.ts';
import type { ActivityDeps } from '../deps.ts';

/** Erases what the bank told of an unlinked connection. Goes on where an attempt before it was. */
export async function eraseData(
  { db, providers, keyRing }: Pick<ActivityDeps, 'db' | 'providers' | 'keyRing'>,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<void> {
  await eraseConnection(db, {
    connectionId,
    concerns(webhook, erased) {
      const body = openBody(keyRing, webhook);
      // Its key may be put back, and it tells of them for all we know. One that was redacted tells nothing.
      if (body === null) return webhook.body !== null;
      return tellsOf(providers, body, erased);
    },
    onBatch() {
      signal.throwIfAborted();
      heartbeat();
    },
  });
}

/** It names nobody in the way that its provider should, so that any mention of an account counts. */
function tellsOf(
  providers: ProviderRegistry,
  body: Buffer,
  { provider, providerConnectionId, accounts }: ErasedConnection,
): boolean {
  if (accounts.some((account) => body.includes(account.provider_account_id))) return true;
  try {
    const told = providers.get(provider)?.translateWebhook(body);
    return told?.providerConnectionId === providerConnectionId;
  } catch {
    return false;
  }
}
