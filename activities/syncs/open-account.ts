import { openCredentials } from '../../credentials/open-credentials.ts';
import type { AccountForSync } from '../../db/accounts/find-account-for-sync.ts';
import { SyncRefused } from '../../db/syncs/open-sync-commit.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { AccountRef, Provider } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';

export interface OpenAccount {
  readonly account: AccountForSync;
  readonly provider: Provider;
  /** With the credentials in the clear: only for the provider. */
  readonly ref: AccountRef;
}

/**
 * Opens the credentials of an account that was looked up. Throws `SyncRefused` once it is unlinked,
 * `ProviderError` when it cannot be reached.
 */
export function openAccount(deps: ActivityDeps, account: AccountForSync | undefined): OpenAccount {
  if (!account || account.unlinked || !account.credentials) {
    throw new SyncRefused('account_unlinked');
  }
  const provider = deps.providers.get(account.provider);
  if (!provider) throw new ProviderError(account.provider, 'config', 'provider_not_configured');
  const {
    providerAccountId,
    providerConnectionId,
    connectionId: id,
    credentials: sealed,
  } = account;
  const connection = { id, provider: account.provider, credentials: sealed };
  const credentials = openCredentials(deps.keyRing, connection);
  return { account, provider, ref: { providerAccountId, providerConnectionId, credentials } };
}
