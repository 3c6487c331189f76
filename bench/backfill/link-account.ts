import { randomBytes } from 'node:crypto';
import { createKeyRing, type KeyRing } from '../../credentials/key-ring.ts';
import type { Database } from '../../db/connect.ts';
import { commitDiscovery } from '../../db/connections/commit-discovery.ts';
import { findCredentials } from '../../db/connections/find-credentials.ts';
import { linkConnection, newId } from '../../db/connections/link-connection.ts';
import { PROVIDER } from './paged-provider.ts';

export interface BenchAccount {
  readonly id: string;
  readonly keyRing: KeyRing;
}

/** One account, linked as the API links it. */
export async function linkAccount(db: Database): Promise<BenchAccount> {
  const keyRing = createKeyRing(`bench:${randomBytes(32).toString('base64')}`);
  const id = await newId(db);
  await linkConnection(db, {
    id,
    provider: PROVIDER,
    linked: {
      providerConnectionId: 'connection',
      credentials: null,
      institutionId: null,
      institutionName: null,
      consentExpiresAt: null,
    },
    sealFor: (connectionId) => keyRing.seal('null', connectionId),
    reference: null,
    settings: { interval: null, products: ['transaction'], webhook_url: null },
    replacesSettings: false,
    newAccounts: undefined,
  });
  const consent = await findCredentials(db, id);
  if (!consent) throw new Error('the connection was not stored');
  const found = {
    providerAccountId: 'account',
    name: null,
    number: null,
    type: null,
    currency: 'NGN',
  };
  const noLimits = { smallestIntervalMs: null, callsPerDay: null, tellsConsent: false };
  await commitDiscovery(db, consent, { accounts: [found] }, noLimits);
  const account = await db.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
  return { id: account.id, keyRing };
}
