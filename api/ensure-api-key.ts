import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../config/logger.ts';
import { apiKeyPrefix, hashApiKey } from '../credentials/api-key.ts';
import { storeApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/connect.ts';
import { isDatabaseDown } from './http/outage.ts';

/** Where Postgres is away, this waits for it in the background: the API is to be there when it is back. */
export async function ensureApiKey(
  db: Database,
  key: string | undefined,
  { logger, stop }: { readonly logger: Logger; readonly stop: AbortSignal },
): Promise<void> {
  if (key === undefined) return;
  const row = { name: 'bootstrap', prefix: apiKeyPrefix(key), hash: hashApiKey(key) };
  try {
    await storeApiKey(db, row);
  } catch (err) {
    if (!(err instanceof Error && isDatabaseDown(err))) throw err;
    logger.warn({ err }, 'database away: the API key is stored when it is back');
    void again();
  }

  async function again(): Promise<void> {
    for (;;) {
      await delay(1_000, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return;
      try {
        return await storeApiKey(db, row);
      } catch (err) {
        logger.debug({ err }, 'the API key is not stored yet');
      }
    }
  }
}
