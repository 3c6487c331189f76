import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceLinkSession } from '../../activities/link-sessions/advance-link-session.ts';
import { getLinkSession } from '../../db/link-sessions/list-link-sessions.ts';
import { storeConsentWebhook } from '../../db/webhooks/store-consent-webhook.ts';
import { InvalidLink } from '../../providers/errors.ts';
import type { JsonValue, Provider } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import {
  crashingDatabase,
  type Crash,
  type CrashingDatabase,
} from '../support/crashing-database.ts';
import { createPageProvider } from '../support/page-provider.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { stageSession } from './stored-session.ts';

let rig: StorageRig;
let crashing: CrashingDatabase;
beforeAll(async () => {
  rig = await storageRig();
  crashing = crashingDatabase(rig.databaseUrl, rig.db);
});
afterAll(async () => {
  await crashing.close();
  await rig.close();
});

const context = { signal: new AbortController().signal, heartbeat: () => undefined };

/** A provider whose tokens are good for one time, and a session of which its webhook told. */
async function stage(tokens: number) {
  const used: JsonValue[] = [];
  const provider: Provider = {
    ...createPageProvider('http://127.0.0.1:1'),
    link(input) {
      const { token } = input as { token: string };
      if (used.includes(token)) return Promise.reject(new InvalidLink('link.token', 'is used'));
      used.push(token);
      return Promise.resolve({
        providerConnectionId: `item-${token}`,
        credentials: { token },
        institutionId: null,
        institutionName: null,
        consentExpiresAt: null,
      });
    },
  };
  const deps = { ...rig.deps, providers: createProviderRegistry([provider]) };
  const links = Array.from({ length: tokens }, () => ({ token: `token-${randomUUID()}` }));
  const { id, store, webhook } = await stageSession(deps, provider, { state: 'finished', links });
  const { db } = deps;
  await store(60_000);
  await storeConsentWebhook(db, webhook);
  const advance = (on = db) =>
    advanceLinkSession(
      { ...deps, db: on },
      { sessionId: id, isToAsk: false, isLast: false },
      context,
    );
  return { id, advance, used };
}

/** More statements than advancing a session of two links takes. */
const STATEMENTS = 40;

describe('a database that dies at any statement', () => {
  it.each(['before', 'during', 'after'] satisfies Crash['how'][])(
    '%s it is run: no token is exchanged twice, and none is lost',
    async (how) => {
      let crashes = 0;
      for (let at = 1; at <= STATEMENTS; at += 1) {
        const { id, advance, used } = await stage(2);
        crashing.arm({ at, how });
        await advance(crashing.db).catch(() => undefined);
        crashes += Number(await crashing.disarm());
        await advance();
        const session = await getLinkSession(rig.db, id);
        expect([at, session?.status, session?.connection_ids.length]).toEqual([at, 'finished', 2]);
        expect(used).toHaveLength(2);
      }
      expect(crashes).toBeGreaterThan(10);
    },
    120_000,
  );

  it('of two attempts at once each token is exchanged by one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, advance, used } = await stage(3);
      await Promise.allSettled([advance(), advance(), advance()]);
      await advance();
      const session = await getLinkSession(rig.db, id);
      expect(used).toHaveLength(3);
      expect([session?.status, session?.connection_ids.length]).toEqual(['finished', 3]);
    }
  }, 60_000);
});
