import { eraseConnection, type ErasedAccount } from '../db/erase-connection.ts';
import { findProviderConnection } from '../db/find-provider-connection.ts';
import type { CallContext, Provider } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';

/** Erases what the bank told of an unlinked connection. Goes on where an attempt before it was. */
export async function eraseData(
  { db, providers }: Pick<ActivityDeps, 'db' | 'providers'>,
  connectionId: string,
  { signal, heartbeat }: CallContext,
): Promise<void> {
  const connection = await findProviderConnection(db, connectionId);
  const provider = providers.get(connection.provider);
  await eraseConnection(db, {
    connectionId,
    concerns: (body, accounts) =>
      accounts.some((account) => body.includes(account.provider_account_id)) ||
      (provider !== undefined && isToldOf(provider, body, connection.id, accounts)),
    onBatch() {
      signal.throwIfAborted();
      heartbeat();
    },
  });
}

function isToldOf(
  provider: Provider,
  body: Buffer,
  providerConnectionId: string,
  accounts: readonly ErasedAccount[],
): boolean {
  try {
    const told = provider.translateWebhook(body);
    return (
      told.providerConnectionId === providerConnectionId ||
      accounts.some((account) => account.provider_account_id === told.providerAccountId)
    );
  } catch {
    // Nobody can tell whom it is about.
    return false;
  }
}
