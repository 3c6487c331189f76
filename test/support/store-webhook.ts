import { CompiledQuery } from 'kysely';
import type { Database } from '../../db/connect.ts';
import { uuid7 } from '../../db/uuid7.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import {
  readStored,
  STORE_WEBHOOKS,
  storeParameters,
  type StoredEffect,
  type StoredRow,
  type WebhookToStore,
} from '../../db/webhooks/store-webhooks.ts';
import type { WebhookStore } from '../../db/webhooks/webhook-store.ts';

/** As the API's, on a database that a test can break. */
export function storeOn(db: Database): WebhookStore {
  return {
    async store(webhooks) {
      const query = CompiledQuery.raw(STORE_WEBHOOKS, storeParameters(webhooks));
      return readStored((await db.executeQuery<StoredRow>(query)).rows);
    },
    close: () => Promise.resolve(),
  };
}

/** Stores a webhook that no bank has sent. Answers with its id, null where it was stored before. */
export async function storeWebhook(
  db: Database,
  wanted: Omit<
    WebhookToStore,
    'id' | 'body' | 'body_sealed' | 'bytes' | 'readable' | 'understood' | 'asksProvider'
  > & { readonly body?: Buffer },
): Promise<{ readonly id: string | null; readonly effects: readonly StoredEffect[] }> {
  const body = wanted.body ?? Buffer.from('{}');
  const webhook = {
    ...wanted,
    asksProvider: false,
    id: uuid7(),
    body,
    body_sealed: false,
    bytes: body.length,
    readable: true,
    understood: true,
  };
  const stored = webhook.products.includes('connection')
    ? (await storeConsentWebhook(db, webhook)).stored
    : await storeOn(db).store([webhook]);
  const effects = stored.get(webhook.id);
  return { id: effects ? webhook.id : null, effects: effects ?? [] };
}
