import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { recordAccountState } from '../../db/accounts/record-account-state.ts';
import type { AccountStatus, PauseReason } from '../../db/schema.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { storeAccount } from '../support/store.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const RUNNING = ['scanning', 'active', 'failing'] as const;
const PAUSES = ['user', 'reauth_required', 'provider_error'] as const;

/** `active`, or `paused/user`. */
const STANDINGS = [...RUNNING, ...PAUSES.map((reason) => `paused/${reason}` as const)];

const told = (type: string, data: object = {}) => ({ type, data });

/** The whole table: what a change tells. */
function expected(from: string, to: string): object[] {
  if (from === to) return [];
  if (to === 'paused/reauth_required') return [told('account.reauth_required')];
  if (to.startsWith('paused/')) return [told('account.paused', { reason: to.slice(7) })];
  if (from === 'paused/user') return [told('account.resumed')];
  if (from.startsWith('paused/')) return [told('account.recovered', { reason: from.slice(7) })];
  return [];
}

async function record(accountId: string, standing: string): Promise<void> {
  const [status, reason] = standing.split('/');
  await recordAccountState(db, {
    accountId,
    status: status as AccountStatus,
    pauseReason: (reason ?? null) as PauseReason | null,
    settingsVersion: 1,
    consentVersion: 1,
    nextSyncAt: null,
  });
}

const eventsOf = (accountId: string) =>
  db
    .selectFrom('events')
    .where('account_id', '=', accountId)
    .orderBy('id')
    .select(['type', 'data'])
    .execute();

describe('an account that comes from one state into another', () => {
  it.each(STANDINGS.flatMap((from) => STANDINGS.map((to) => [from, to] as const)))(
    '%s → %s',
    async (from, to) => {
      const account = await storeAccount(db);
      await record(account, from);
      await db.deleteFrom('events').where('account_id', '=', account).execute();
      await record(account, to);
      expect(await eventsOf(account)).toEqual(expected(from, to));
      const { status_changed_at: since } = await standing(account);
      // As an activity does whose answer was lost.
      await record(account, to);
      expect(await eventsOf(account)).toEqual(expected(from, to));
      expect((await standing(account)).status_changed_at).toEqual(since);
    },
  );

  it('is told of once, by however many at the same time', async () => {
    const account = await storeAccount(db);
    await Promise.all(Array.from({ length: 8 }, () => record(account, 'paused/user')));
    expect(await eventsOf(account)).toEqual([told('account.paused', { reason: 'user' })]);
  });

  it('is not told of once it is unlinked', async () => {
    const account = await storeAccount(db);
    await db
      .updateTable('accounts')
      .set({ unlinked_at: new Date(), status: 'unlinked' })
      .where('id', '=', account)
      .execute();
    await record(account, 'paused/user');
    expect([await eventsOf(account), (await standing(account)).status]).toEqual([[], 'unlinked']);
  });
});

const standing = (account: string) =>
  db
    .selectFrom('accounts')
    .where('id', '=', account)
    .select(['status', 'status_changed_at'])
    .executeTakeFirstOrThrow();
