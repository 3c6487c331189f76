import { toStore } from '../../api/webhooks/to-store.ts';
import { hashLinkSession, sealLinkSession } from '../../credentials/link-session.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { createLinkSession } from '../../db/link-sessions/create-link-session.ts';
import type { WebhookToStore } from '../../db/webhooks/store-webhooks.ts';
import type { LinkProgress, Provider } from '../../providers/provider.ts';
import type { StorageRig } from '../support/storage-rig.ts';

/** A session of which a provider can tell, without an API that has begun it. */
export interface StagedSession {
  readonly id: string;
  /** Stores the session, which expires then. */
  store(expiresInMs: number): Promise<void>;
  /** A webhook that tells how it goes, ready to be stored. */
  readonly webhook: WebhookToStore;
  readonly body: Buffer;
}

export async function stageSession(
  { db, keyRing, logger }: StorageRig['deps'],
  provider: Provider,
  progress: LinkProgress,
): Promise<StagedSession> {
  const id = await newId(db);
  const session = `link-${id}`;
  const body = Buffer.from(
    JSON.stringify({
      type: 'LINK',
      dedupeKey: id,
      occurredAt: null,
      providerConnectionId: null,
      providerAccountId: null,
      understood: true,
      effects: [{ kind: 'link', session, ...progress }],
    }),
  );
  return {
    id,
    store: (expiresInMs) =>
      createLinkSession(db, {
        id,
        provider: provider.name,
        connectionId: null,
        reference: null,
        settings: null,
        newAccounts: null,
        sessionHash: hashLinkSession(session),
        secret: sealLinkSession(keyRing, id, { providerSessionId: session, url: '' }),
        expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
      }),
    webhook: toStore(provider, body, { keyRing, bodies: 'encrypted', logger }),
    body,
  };
}
