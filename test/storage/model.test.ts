import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashingDatabase, type CrashingDatabase } from '../support/crashing-database.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { story } from './model/actions.ts';
import { play } from './model/play.ts';

/*
 * FRESHET_TEST_SEED and FRESHET_TEST_PATH replay what a failure prints; FRESHET_TEST_RUNS plays
 * more stories than the usual run does.
 */
const RUNS = Number(process.env['FRESHET_TEST_RUNS'] ?? 60);
const SEED = process.env['FRESHET_TEST_SEED'];
const PATH = process.env['FRESHET_TEST_PATH'];

let rig: StorageRig;
let crashing: CrashingDatabase;
beforeAll(async () => {
  rig = await storageRig();
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  // The stories' days pass in the bank alone, and a bank ahead of us is another matter.
  await rig.bank.control('POST', '/clock', { now: '1990-01-01T00:00:00Z' });
  crashing = crashingDatabase(rig.databaseUrl, rig.db);
});
afterAll(async () => {
  await crashing.close();
  await rig.close();
});

describe('any story of a bank, its webhooks, our syncs and their crashes', () => {
  it(
    'leaves the tables as the ledger says, and at its end as the bank says',
    async () => {
      // The same stories each time; FRESHET_TEST_SEED=random plays others.
      const seed = SEED === 'random' ? Date.now() % 2 ** 31 : Number(SEED ?? 1);
      let played = 0;
      const property = fc.asyncProperty(story, async (told) => {
        await play(rig, crashing, told);
        played += 1;
      });
      const options = { seed, numRuns: RUNS, endOnFailure: false, ...(PATH && { path: PATH }) };
      await fc.assert(property, options).catch((error: unknown) => {
        const replay = `FRESHET_TEST_SEED=${seed} with the path above as FRESHET_TEST_PATH`;
        throw new Error(`replay with ${replay}\n${(error as Error).message}`, { cause: error });
      });
      expect(played).toBeGreaterThan(0);
    },
    60_000 + RUNS * 3_000,
  );
});
