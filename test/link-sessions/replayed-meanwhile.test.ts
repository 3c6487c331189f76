import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWebhook } from '../../api/webhooks/to-store.ts';
import { conclude } from '../../db/link-sessions/conclude.ts';
import { replayWebhook } from '../../db/webhooks/replay-webhook.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import { createPageProvider } from '../support/page-provider.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { stageSession } from './stored-session.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

const provider = createPageProvider('http://127.0.0.1:1');

/** A session, and a webhook of it that came while it was being stored: each did not see the other. */
async function crossing() {
  const { db } = rig.deps;
  const progress = { state: 'open', links: [] } as const;
  const { id, store, webhook, body } = await stageSession(rig.deps, provider, progress);
  await store(60_000);
  await storeConsentWebhook(db, webhook);
  await db
    .updateTable('inbound_webhooks')
    .set({ outcome: 'unmatched' })
    .where('id', '=', webhook.id)
    .execute();
  return { id, webhookId: webhook.id, body };
}

it('a replay and the session that takes the webhook up do not wait for each other', async () => {
  const { db, logger } = rig.deps;
  for (let round = 0; round < 20; round += 1) {
    const { id, webhookId, body } = await crossing();
    await Promise.all([
      conclude(db, {
        sessionId: id,
        told: ['open'],
        isComplete: true,
        isLast: false,
        tellsConsent: false,
        code: null,
        webhookIds: [webhookId],
      }),
      replayWebhook(db, webhookId, () => readWebhook(provider, body, logger)),
    ]);
    const { outcome } = await db
      .selectFrom('inbound_webhooks')
      .where('id', '=', webhookId)
      .select('outcome')
      .executeTakeFirstOrThrow();
    expect(outcome).toBe('accepted');
  }
});
