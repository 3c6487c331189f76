import { parseCredentials } from '../credentials/parse-credentials.ts';
import { confirmStopped } from '../db/confirm-stopped.ts';
import { findCredentials } from '../db/find-credentials.ts';
import { unlinkConnection } from '../db/unlink-connection.ts';
import { ProviderError } from '../providers/errors.ts';
import type { ApiDeps } from './deps.ts';
import { providerCall } from './link-accounts.ts';

/**
 * Withdraws the consent at the provider, then marks all as unlinked and ends the workflows. Where
 * it fails half-way the call can be made again. Does nothing more to a connection that is unlinked.
 */
export async function unlinkAccounts(deps: ApiDeps, connectionId: string): Promise<void> {
  const { db, providers, keyRing, accountWorkflows, logger } = deps;
  const stored = await findCredentials(db, connectionId);
  if (!stored) return;
  const provider = providers.get(stored.provider);
  if (!provider) throw new ProviderError(stored.provider, 'config', 'provider_not_configured');
  const credentials = parseCredentials(keyRing.open(stored.credentials, connectionId));
  const { provider_connection_id: providerConnectionId } = stored;
  await provider.unlink({ providerConnectionId, credentials }, providerCall());

  const accountIds = await unlinkConnection(db, connectionId);
  await Promise.all(
    accountIds.map(async (accountId) => {
      try {
        await accountWorkflows.unlinked(accountId);
        await confirmStopped(db, accountId);
      } catch (err) {
        logger.warn({ err, accountId }, 'end of workflow left to the reconciler');
      }
    }),
  );
}
