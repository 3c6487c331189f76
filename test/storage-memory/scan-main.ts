import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ActivityDeps } from '../../activities/deps.ts';
import { syncTransactions } from '../../activities/syncs/sync-transactions.ts';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { connectDatabase } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { configuredProviders } from '../../providers/configured.ts';

/*
 * One first scan of an account, in a process in which nothing else happens, and what it took of
 * memory: the kernel's own peak (which no sampling can miss) above what there was before, in bytes.
 */

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const { env } = process;
const db = connectDatabase({ url: env['FRESHET_DATABASE_URL'] ?? '' });
const deps: Pick<ActivityDeps, 'db' | 'keyRing' | 'providers'> = {
  db,
  keyRing: createKeyRing(env['FRESHET_CREDENTIALS_KEYS'] ?? ''),
  providers: configuredProviders(env),
};
const syncRunId = await newId(db);

collectGarbage();
const before = process.memoryUsage.rss();
const begun = Date.now();
const { counts } = await syncTransactions(
  // The rest of it has to do with Temporal.
  deps as ActivityDeps,
  {
    accountId: env['ACCOUNT_ID'] ?? '',
    syncRunId,
    triggers: ['link'],
    full: true,
    nextSyncAt: null,
    mayCall: true,
  },
  { signal: new AbortController().signal, heartbeat: () => undefined },
);
const growth = process.resourceUsage().maxRSS * 1024 - before;
await db.destroy();
process.stdout.write(
  `${JSON.stringify({ msg: 'scanned', counts, growth, before, milliseconds: Date.now() - begun })}\n`,
);
