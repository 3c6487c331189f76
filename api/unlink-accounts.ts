import { openCredentials } from '../credentials/open-credentials.ts';
import { confirmStopped } from '../db/confirm-stopped.ts';
import { findCredentials } from '../db/find-credentials.ts';
import { unlinkConnection } from '../db/unlink-connection.ts';
import { ProviderError } from '../providers/errors.ts';
import type { ApiDeps } from './deps.ts';
import { providerCall } from './link-accounts.ts';

/**
 * Withdraws the consent at the provider, then marks all as unlinked and ends the workflows. Where
 * it fails half-way the call can be made again. Does nothing more to a connection that is unlinked.
 * @param options.force leaves the provider out, where it cannot be reached any more.
 */
export async function unlinkAccounts(
  deps: ApiDeps,
  connectionId: string,
  options: { readonly force: boolean },
): Promise<void> {
  const { db, accountWorkflows, logger } = deps;
  const stored = await findCredentials(db, connectionId);
  if (!stored) return;
  if (!options.force) await withdrawConsent(deps, connectionId, stored);

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

async function withdrawConsent(
  { providers, keyRing }: ApiDeps,
  id: string,
  stored: NonNullable<Awaited<ReturnType<typeof findCredentials>>>,
): Promise<void> {
  const provider = providers.get(stored.provider);
  if (!provider) throw new ProviderError(stored.provider, 'config', 'provider_not_configured');
  const credentials = openCredentials(keyRing, { id, ...stored });
  const { provider_connection_id: providerConnectionId } = stored;
  await provider.unlink({ providerConnectionId, credentials }, providerCall());
}
