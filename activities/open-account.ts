import { parseCredentials } from '../credentials/parse-credentials.ts';
import { findAccountForSync, type AccountForSync } from '../db/find-account-for-sync.ts';
import { SyncRefused } from '../db/open-sync-commit.ts';
import { ProviderError } from '../providers/errors.ts';
import type { AccountRef, Provider } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';

export interface OpenAccount {
  readonly account: AccountForSync;
  readonly provider: Provider;
  /** With the credentials in the clear: only for the provider. */
  readonly ref: AccountRef;
}

/**
 * Loads an account and opens its credentials. Throws `SyncRefused` once it is unlinked,
 * `ProviderError` when it cannot be reached.
 */
export async function openAccount(deps: ActivityDeps, accountId: string): Promise<OpenAccount> {
  const account = await findAccountForSync(deps.db, accountId);
  if (!account || account.unlinked || !account.credentials) {
    throw new SyncRefused('the account is unlinked');
  }
  const provider = deps.providers.get(account.provider);
  if (!provider) throw new ProviderError(account.provider, 'config', 'provider_not_configured');
  const { providerAccountId, providerConnectionId } = account;
  const credentials = openCredentials(deps, account);
  return { account, provider, ref: { providerAccountId, providerConnectionId, credentials } };
}

function openCredentials(deps: ActivityDeps, account: AccountForSync): AccountRef['credentials'] {
  try {
    return parseCredentials(
      deps.keyRing.open(account.credentials ?? Buffer.alloc(0), account.connectionId),
    );
  } catch {
    throw new ProviderError(account.provider, 'config', 'credentials_unreadable');
  }
}
