import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { commitConsent } from '../../db/consents/commit-consent.ts';
import { commitDiscovery } from '../../db/connections/commit-discovery.ts';
import { requestCheck } from '../../db/connections/request-check.ts';
import { completeUnlink } from '../../db/connections/complete-unlink.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { failDiscovery } from '../../db/connections/fail-discovery.ts';
import { findCredentials, type Consent } from '../../db/connections/find-credentials.ts';
import { linkConnection, newId } from '../../db/connections/link-connection.ts';
import { requestUnlink } from '../../db/connections/request-unlink.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import { eventually } from '../support/eventually.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { storeWebhook } from '../support/store-webhook.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const keyRing = createKeyRing(`test:${randomBytes(32).toString('base64')}`);
const NO_LIMITS = { smallestIntervalMs: null, callsPerDay: null, tellsConsent: false };
const account = (providerAccountId: string): ProviderAccount => ({
  providerAccountId,
  name: 'An account',
  number: '0123456789',
  type: null,
  currency: 'NGN',
});

async function linkOnce(consentId: string) {
  return await linkConnection(db, {
    id: await newId(db),
    provider: 'okra',
    linked: {
      providerConnectionId: consentId,
      credentials: null,
      institutionId: null,
      institutionName: null,
      consentExpiresAt: null,
    },
    sealFor: (id) => keyRing.seal('null', id),
    reference: null,
    settings: { interval: 'daily', products: ['balance'], webhook_url: null },
    replacesSettings: false,
    newAccounts: undefined,
  });
}

async function linked(): Promise<Consent> {
  const stored = await linkOnce(randomBytes(8).toString('hex'));
  if (stored.state !== 'stored') throw new Error('not stored');
  const consent = await findCredentials(db, stored.id);
  if (!consent) throw new Error('not found');
  return consent;
}

const readAgain = async ({ id }: Consent): Promise<Consent> => {
  const consent = await findCredentials(db, id);
  if (!consent) throw new Error('not found');
  return consent;
};

const statusOf = async (id: string) =>
  await db
    .selectFrom('connections')
    .where('id', '=', id)
    .select(['status', 'status_code'])
    .executeTakeFirstOrThrow();

describe('what a look at the accounts has found', () => {
  it('is stored once, however often it is stored', async () => {
    const consent = await linked();
    const found = [account('one'), account('two')];
    const before = await commitDiscovery(db, consent, { accounts: found }, NO_LIMITS);
    const now = await readAgain(consent);
    const commit = () => commitDiscovery(db, now, { accounts: found }, NO_LIMITS);
    const answers = [before, ...(await Promise.all([commit(), commit()]))];
    expect(answers.map((one) => one.outcome === 'stored' && one.added)).toEqual([2, 0, 0]);
    expect(await statusOf(consent.id)).toEqual({ status: 'active', status_code: null });
  });

  it('is of no use where it is nothing, and a consent without accounts says so', async () => {
    const consent = await linked();
    const nothing = await commitDiscovery(db, consent, { accounts: [] }, NO_LIMITS);
    expect(nothing).toEqual({ outcome: 'no_accounts' });
    expect(await statusOf(consent.id)).toEqual({ status: 'gone', status_code: 'no_accounts' });
  });

  it('takes no account away that is linked', async () => {
    const consent = await linked();
    await commitDiscovery(db, consent, { accounts: [account('one')] }, NO_LIMITS);
    const later = await commitDiscovery(db, await readAgain(consent), { accounts: [] }, NO_LIMITS);
    expect(later).toEqual({ outcome: 'stored', added: 0, offered: 0 });
    expect(await statusOf(consent.id)).toEqual({ status: 'active', status_code: null });
  });

  it('has a consent stand again that a look had refused, or a webhook asks about', async () => {
    const tells = { ...NO_LIMITS, tellsConsent: true };
    const found = { accounts: [account('one')] };
    const consent = await linked();
    await commitDiscovery(db, consent, found, tells);
    // As a sync has found that tells nothing to a look.
    await db
      .updateTable('connections')
      .set({
        status: 'reauth_required',
        status_code: 'access_not_granted',
        status_changed_at: new Date(),
      })
      .where('id', '=', consent.id)
      .execute();
    await commitDiscovery(db, await readAgain(consent), found, tells);
    expect((await statusOf(consent.id)).status).toBe('reauth_required');

    expect(await requestCheck(db, consent.id)).toBe(true);
    await commitDiscovery(db, await readAgain(consent), found, tells);
    expect((await statusOf(consent.id)).status).toBe('active');

    const failure = { kind: 'reauth', code: 'login_required' } as const;
    await failDiscovery(db, await readAgain(consent), failure);
    expect(await statusOf(consent.id)).toEqual({
      status: 'reauth_required',
      status_code: 'login_required',
    });
    await commitDiscovery(db, await readAgain(consent), found, NO_LIMITS);
    expect((await statusOf(consent.id)).status).toBe('reauth_required');
    await commitDiscovery(db, await readAgain(consent), found, tells);
    expect((await statusOf(consent.id)).status).toBe('active');
  });

  it('does not count when the connection was linked again meanwhile, nor does a refusal', async () => {
    const before = await linked();
    await linkOnce(before.provider_connection_id);
    const late = await commitDiscovery(db, before, { accounts: [account('one')] }, NO_LIMITS);
    expect(late).toEqual({ outcome: 'outdated' });
    const failure = { kind: 'reauth', code: 'login_required' } as const;
    expect(await failDiscovery(db, before, failure)).toBe(false);
    expect(await statusOf(before.id)).toEqual({ status: 'linking', status_code: null });
  });

  it('withdraws offers of accounts that the bank no longer tells of', async () => {
    const consent = await linked();
    const look = async (...ids: string[]) =>
      commitDiscovery(db, await readAgain(consent), { accounts: ids.map(account) }, NO_LIMITS);
    await look('one');
    expect(await look('one', 'two', 'three')).toMatchObject({ added: 0, offered: 2 });
    expect(await look('one', 'three')).toMatchObject({ added: 0, offered: 0 });
    const offered = await db
      .selectFrom('offered_accounts')
      .where('connection_id', '=', consent.id)
      .select('provider_account_id as id')
      .execute();
    expect(offered).toEqual([{ id: 'three' }]);
  });

  it('is not stored once the connection is to be unlinked', async () => {
    const consent = await linked();
    await requestUnlink(db, consent.id, { data: 'keep', force: false });
    const late = await commitDiscovery(db, consent, { accounts: [account('one')] }, NO_LIMITS);
    expect(late).toEqual({ outcome: 'unlinked' });
    expect(await linkOnce(consent.provider_connection_id)).toEqual({ state: 'unlinking' });
    expect([await completeUnlink(db, consent.id), await completeUnlink(db, consent.id)]).toEqual([
      false,
      false,
    ]);
    expect(await linkOnce(consent.provider_connection_id)).toMatchObject({ created: true });
  });
});

/** A webhook that tells of the consent, as of now; the same one again where its key is given. */
const tellOfConsent = (providerConnectionId: string, dedupeKey = randomBytes(8).toString('hex')) =>
  storeWebhook(db, {
    provider: 'okra',
    dedupeKey,
    type: 'A_TEST',
    occurredAt: new Date().toISOString(),
    providerConnectionId,
    providerAccountId: null,
    products: ['connection'],
  });

const outcomeOf = async (id: string | null) =>
  await db
    .selectFrom('inbound_webhooks')
    .where('id', '=', id ?? '')
    .select('outcome')
    .executeTakeFirstOrThrow();

describe('a webhook about the consent', () => {
  const failure = { kind: 'reauth', code: 'login_required' } as const;

  it('that comes while the accounts are asked for has them asked for again', async () => {
    const before = await linked();
    const { id } = await tellOfConsent(before.provider_connection_id, `once ${before.id}`);
    expect(await outcomeOf(id)).toEqual({ outcome: 'accepted' });
    const outdated = await commitDiscovery(db, before, { accounts: [account('one')] }, NO_LIMITS);
    expect(outdated).toEqual({ outcome: 'outdated' });
    expect(await failDiscovery(db, before, failure)).toBe(false);
    const after = await findCredentials(db, before.id);
    // Delivered again it is no news.
    await tellOfConsent(before.provider_connection_id, `once ${before.id}`);
    const stored = await commitDiscovery(db, after!, { accounts: [account('one')] }, NO_LIMITS);
    expect(stored).toMatchObject({ outcome: 'stored', added: 1 });
  });

  it('that comes at the moment when the accounts are stored is kept for them', async () => {
    const consent = await linked();
    await commitDiscovery(db, consent, { accounts: [account('one')] }, NO_LIMITS);
    await linkOnce(consent.provider_connection_id);
    const again = await findCredentials(db, consent.id);
    const trx = await db.startTransaction().execute();
    await trx
      .updateTable('connections')
      .set({ status: 'active' })
      .where('id', '=', consent.id)
      .execute();
    const told = tellOfConsent(consent.provider_connection_id);
    await eventually(async () => {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
      return rows.length > 0;
    });
    await trx.commit().execute();
    expect((await told).effects).toMatchObject([{ product: 'connection' }]);
    expect(await findCredentials(db, consent.id)).toMatchObject({
      status: 'active',
      consent_version: again?.consent_version,
    });
  });

  it('is newer than what was found, when it is of after the provider was asked', async () => {
    const consent = await linked();
    const said = { status: 'gone', asOf: new Date().toISOString() } as const;
    await commitDiscovery(db, consent, { accounts: [account('one')] }, NO_LIMITS);
    const { id: accountId } = await db
      .selectFrom('accounts')
      .where('connection_id', '=', consent.id)
      .select('id')
      .executeTakeFirstOrThrow();
    const commit = { accountId, connectionId: consent.id, said, webhookIds: [], expiresAt: null };
    expect(await commitConsent(db, commit)).toMatchObject({ status: 'gone' });
  });

  it('has a link go on that had ended before the accounts were known', async () => {
    const consent = await linked();
    expect(await failDiscovery(db, consent, failure)).toBe(true);
    await tellOfConsent(consent.provider_connection_id);
    expect(await statusOf(consent.id)).toEqual({ status: 'linking', status_code: null });
  });

  it('leaves a connection whose accounts are known, and one that is unlinked, to others', async () => {
    const known = await linked();
    await commitDiscovery(db, known, { accounts: [account('one')] }, NO_LIMITS);
    await tellOfConsent(known.provider_connection_id);
    expect((await statusOf(known.id)).status).toBe('active');
    const gone = await linked();
    await requestUnlink(db, gone.id, { data: 'keep', force: true });
    await tellOfConsent(gone.provider_connection_id);
    expect((await statusOf(gone.id)).status).toBe('unlinking');
  });
});

describe('an unlink that is asked for again', () => {
  it('adds force and erase, and takes neither back', async () => {
    const consent = await linked();
    const ask = (data: 'keep' | 'erase', force: boolean) =>
      requestUnlink(db, consent.id, { data, force });
    expect(await ask('keep', false)).toMatchObject({ isDone: false });
    await ask('erase', true);
    await ask('keep', false);
    const row = await db
      .selectFrom('connections')
      .where('id', '=', consent.id)
      .select(['unlink_data', 'unlink_forced'])
      .executeTakeFirst();
    expect(row).toEqual({ unlink_data: 'erase', unlink_forced: true });
    expect(await completeUnlink(db, consent.id)).toBe(true);
  });
});
