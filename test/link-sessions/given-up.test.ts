import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceLinkSession } from '../../activities/link-sessions/advance-link-session.ts';
import { toStore } from '../../api/webhooks/to-store.ts';
import { hashLinkSession, sealLinkSession } from '../../credentials/link-session.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { createLinkSession } from '../../db/link-sessions/create-link-session.ts';
import { getLinkSession } from '../../db/link-sessions/list-link-sessions.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { createPageProvider } from '../support/page-provider.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

const DAY_MS = 24 * 60 * 60_000;
const context = { signal: new AbortController().signal, heartbeat: () => undefined };

/** A session that expired so long ago, of which a webhook waits, and whose provider was left out since. */
async function leftOut(expiredMs: number) {
  const deps = { ...rig.deps, providers: createProviderRegistry([]) };
  const { db, keyRing, logger } = deps;
  const provider = createPageProvider('http://127.0.0.1:1');
  const id = await newId(db);
  const session = `link-${id}`;
  await createLinkSession(db, {
    id,
    provider: provider.name,
    connectionId: null,
    reference: null,
    settings: null,
    newAccounts: null,
    sessionHash: hashLinkSession(session),
    secret: sealLinkSession(keyRing, id, { providerSessionId: session, url: '' }),
    expiresAt: new Date(Date.now() - expiredMs).toISOString(),
  });
  const body = Buffer.from(
    JSON.stringify({
      type: 'LINK',
      dedupeKey: id,
      occurredAt: null,
      providerConnectionId: null,
      providerAccountId: null,
      understood: true,
      effects: [{ kind: 'link', session, state: 'exited', links: [] }],
    }),
  );
  await storeConsentWebhook(db, toStore(provider, body, { keyRing, bodies: 'encrypted', logger }));
  const look = (isLast: boolean) =>
    advanceLinkSession(deps, { sessionId: id, isToAsk: false, isLast }, context);
  return { id, look };
}

it('a webhook of a provider that was left out is waited with for a day', async () => {
  const { id, look } = await leftOut(DAY_MS - 60_000);
  await expect(look(false)).rejects.toMatchObject({ code: 'provider_not_configured' });
  expect((await getLinkSession(rig.db, id))?.status).toBe('open');
});

it('after that a look that began before does not go on for good', async () => {
  const { id, look } = await leftOut(DAY_MS + 60_000);
  // The look at a webhook that came in time: its attempts have the input of then.
  expect((await look(false)).status).toBe('open');
  expect((await look(true)).status).toBe('expired');
  expect((await getLinkSession(rig.db, id))?.status).toBe('expired');
});
