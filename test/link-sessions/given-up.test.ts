import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceLinkSession } from '../../activities/link-sessions/advance-link-session.ts';
import { getLinkSession } from '../../db/link-sessions/list-link-sessions.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { createPageProvider } from '../support/page-provider.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { stageSession } from './stored-session.ts';

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
  const provider = createPageProvider('http://127.0.0.1:1');
  const { id, store, webhook } = await stageSession(deps, provider, { state: 'exited', links: [] });
  await store(-expiredMs);
  await storeConsentWebhook(deps.db, webhook);
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
