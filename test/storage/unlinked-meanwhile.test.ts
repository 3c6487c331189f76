import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseData } from '../../activities/connections/erase-data.ts';
import { completeUnlink } from '../../db/connections/complete-unlink.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { putOffDiscovery } from '../../db/connections/put-off-discovery.ts';
import { recordAccountState } from '../../db/accounts/record-account-state.ts';
import { requestUnlink } from '../../db/connections/request-unlink.ts';
import { openStage, stageTransactions } from '../../db/transactions/stage-transactions.ts';
import { SyncRefused } from '../../db/syncs/sync-refused.ts';
import type { Provider } from '../../providers/provider.ts';
import { rowsOf } from '../connections/support.ts';
import { eventually } from '../support/eventually.ts';
import { transactionOf } from '../support/staged-commit.ts';
import { noContext, storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

async function linked(transactions = 9): Promise<RigAccount> {
  const [ids] = await rig.link({ accounts: 1, transactions });
  if (!ids) throw new Error('no account');
  return ids;
}

async function unlink({ connectionId }: RigAccount): Promise<void> {
  await requestUnlink(rig.db, connectionId, { data: 'erase', force: true });
  await completeUnlink(rig.db, connectionId);
}

/** The rig's provider; between two pages something happens. */
function interrupted(after: number, happen: () => Promise<void>): Provider {
  return {
    ...rig.provider,
    async *fetchTransactions(...args) {
      const pages = rig.provider.fetchTransactions(...args);
      for (let n = 0; ; n += 1) {
        const next = await pages.next();
        if (next.done) return next.value;
        if (n === after) await happen();
        yield next.value;
      }
    },
  };
}

describe('a sync that goes on while its account is unlinked and erased', () => {
  it.each([
    ['at its first scan', false],
    ['though it holds all that it reads', true],
  ])('leaves nothing behind: %s', async (_, isKnown) => {
    const ids = await linked();
    if (isKnown) await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const provider = interrupted(2, async () => {
      await unlink(ids);
      await eraseData(rig.deps, ids.connectionId, noContext);
    });
    const sync = syncNow(rig, ids.account, 'transaction', { full: true, provider });
    await expect(sync).rejects.toThrow(SyncRefused);
    expect(await rowsOf(rig.db, [ids.account])).toEqual({});
  });

  it('had rows set aside, which are erased', async () => {
    const ids = await linked();
    const stageId = await openStage(rig.db, ids.account);
    const rows = [transactionOf({ providerTransactionId: 'one' })];
    await stageTransactions(rig.db, { stageId, accountId: ids.account }, rows);
    expect(await rowsOf(rig.db, [ids.account])).toEqual({ transaction_stage: 1 });
    await unlink(ids);
    await eraseData(rig.deps, ids.connectionId, noContext);
    expect(await rowsOf(rig.db, [ids.account])).toEqual({});
  });

  it('waits with what it sets aside for an unlink that is being stored', async () => {
    const ids = await linked();
    const stage = { stageId: await openStage(rig.db, ids.account), accountId: ids.account };
    const unlinking = await rig.db.startTransaction().execute();
    await unlinking
      .updateTable('accounts')
      .set({ unlinked_at: new Date(), status: 'unlinked' })
      .where('id', '=', ids.account)
      .execute();
    const rows = [transactionOf({ providerTransactionId: 'one' })];
    const staged = stageTransactions(rig.db, stage, rows).catch((error: unknown) => error);
    await eventually(async () => {
      const { rows: waiting } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(rig.db);
      return waiting.length > 0;
    });
    await unlinking.commit().execute();
    expect(await staged).toBeInstanceOf(SyncRefused);
    expect(await rowsOf(rig.db, [ids.account])).toEqual({});
  });
});

describe('an account that is unlinked', () => {
  it('takes no sync, no stage and no state, and says so', async () => {
    const ids = await linked();
    await unlink(ids);
    const before = await rig.db.selectFrom('accounts').selectAll().execute();
    const state = {
      accountId: ids.account,
      status: 'active',
      pauseReason: null,
      settingsVersion: 1,
      consentVersion: 1,
      nextSyncAt: new Date().toISOString(),
    } as const;
    expect(await recordAccountState(rig.db, state)).toBe('unlinked');
    const unknown = { ...state, accountId: await newId(rig.db) };
    expect(await recordAccountState(rig.db, unknown)).toBe('unlinked');
    await expect(openStage(rig.db, ids.account)).rejects.toThrow(SyncRefused);
    await expect(syncNow(rig, ids.account, 'balance')).rejects.toThrow(SyncRefused);
    const connections = () => rig.db.selectFrom('connections').selectAll().execute();
    const stored = await connections();
    await putOffDiscovery(rig.db, ids.connectionId);
    expect(await connections()).toEqual(stored);
    expect(await rig.db.selectFrom('accounts').selectAll().execute()).toEqual(before);
    expect(await rowsOf(rig.db, [ids.account])).toEqual({});
  });
});
