import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { sealBody } from '../../credentials/webhook-body.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, whenDone, type Linked } from '../support/link.ts';
import { uuid7 } from '../../db/uuid7.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { ApiAnswer, Freshet } from '../support/start-freshet.ts';
import { storeWebhook } from '../support/store-webhook.ts';
import {
  connectionOf,
  eventsOf,
  rowsOf,
  tablesWith,
  untilAllActive,
  untilConnection,
} from './support.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

const DISCONNECT = 'customers/disconnect';
const idsOf = (linked: Linked): string[] => linked.accounts.map(({ account }) => account);
const pathOf = (linked: Linked): string => `/v1/connections/${linked.connectionId}`;
const customerOf = (linked: Linked): string => linked.customer.customer.id;
const unlink = async (linked: Linked, query = '') =>
  await whenDone(freshet, await freshet.call('DELETE', pathOf(linked) + query));
const unlinkWorkflow = (linked: Linked) =>
  freshet.temporal.workflow.getHandle(`connection-unlink:${linked.connectionId}`);

async function linked(transactions = 20): Promise<Linked> {
  const made = await link(freshet, bank, { accounts: 2, transactions });
  await untilAllActive(freshet, made);
  return made;
}

/** Something in every table that holds bank data; answers with words that only this data has. */
async function fill(made: Linked): Promise<string[]> {
  const [ids] = made.accounts;
  const word = `Erasable ${made.connectionId.slice(-12)}`;
  const path = `/accounts/${ids.bank}/transactions`;
  const { transactions } = await bank.control('POST', path, { amount: '-7.77', description: word });
  await expectTruth(freshet.db, bank, ids);
  const one = `/transactions/${transactions[0].id}`;
  await bank.control('PATCH', one, { description: `${word} edited` });
  await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '77.77' });
  await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { wait: 20, full: true });
  await freshet.db
    .insertInto('quarantined_items')
    .values({
      account_id: ids.account,
      product: 'transaction',
      provider_id: null,
      reason: 'a_test',
      raw: JSON.stringify({ word }),
      fingerprint: Buffer.from(word),
      sync_run_id: ids.account,
    })
    .execute();
  // A webhook that came before anybody knew the account.
  await freshet.db
    .insertInto('inbound_webhooks')
    .values({
      provider: 'okra',
      dedupe_key: word,
      type: 'UNKNOWN',
      body: Buffer.from(JSON.stringify({ account: ids.bank, word })),
      body_bytes: 100,
      outcome: 'unmatched',
    })
    .execute();
  // The beginning of one that was refused, as its secret had been changed.
  await freshet.db
    .insertInto('rejected_webhooks')
    .values({
      id: uuid7(),
      provider: 'okra',
      reason: 'not_verified',
      header_names: [],
      body: Buffer.from(JSON.stringify({ word })),
      body_bytes: 100,
    })
    .execute();
  // And one that names the connection alone, and changes nothing.
  const { provider_connection_id: providerConnectionId } = await freshet.db
    .selectFrom('connections')
    .where('id', '=', made.connectionId)
    .select('provider_connection_id')
    .executeTakeFirstOrThrow();
  await storeWebhook(freshet.db, {
    provider: 'okra',
    dedupeKey: `idle ${made.connectionId}`,
    type: 'IDLE',
    occurredAt: null,
    body: Buffer.from(JSON.stringify({ word })),
    providerConnectionId,
    providerAccountId: null,
    products: [],
  });
  const numbers = made.customer.accounts.map(({ nuban }) => nuban);
  return [word, ...numbers];
}

describe('unlinking', () => {
  it('keeps the data when nothing else is said, and tells of it', async () => {
    const made = await linked();
    const [word] = await fill(made);
    const body = await unlink(made);
    expect([body.status, body.unlink_data, body.erased_at]).toEqual(['unlinked', 'keep', null]);
    const tables = await tablesWith(freshet.db, word ?? '');
    expect(tables).toContain('transactions');
    const events = await eventsOf(freshet.db, made.connectionId);
    const ends = events.filter(({ type }) => type.endsWith('.unlinked'));
    expect(ends.map(({ type }) => type).sort()).toEqual([
      'account.unlinked',
      'account.unlinked',
      'connection.unlinked',
    ]);
    for (const id of idsOf(made)) {
      const handle = freshet.temporal.workflow.getHandle(`account-sync:${id}`);
      await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
    }
  });

  it('erases everything that the bank told, and leaves other connections alone', async () => {
    const made = await linked();
    const other = await linked();
    const words = await fill(made);
    const [otherWord, ...otherNumbers] = await fill(other);
    const before = Object.keys(await rowsOf(freshet.db, idsOf(made))).sort();
    expect(before).toEqual(expect.arrayContaining(['balances', 'sync_runs', 'transactions']));
    expect(before).toEqual(
      expect.arrayContaining(['quarantined_items', 'transaction_changes', 'webhook_effects']),
    );
    const others = await rowsOf(freshet.db, idsOf(other));

    const body = await unlink(made, '?data=erase');
    expect([body.status, body.unlink_data]).toEqual(['unlinked', 'erase']);
    expect(body.erased_at).not.toBeNull();
    expect(await rowsOf(freshet.db, idsOf(made))).toEqual({});
    for (const word of words)
      expect([word, await tablesWith(freshet.db, word)]).toEqual([word, []]);

    expect(await rowsOf(freshet.db, idsOf(other))).toEqual(others);
    for (const word of [otherWord ?? '', ...otherNumbers]) {
      expect(await tablesWith(freshet.db, word)).not.toEqual([]);
    }
    const [{ account }] = made.accounts;
    const page = await freshet.call('GET', `/v1/accounts/${account}/transactions`);
    expect([page.status, page.body.data]).toEqual([200, []]);
    const shown = await freshet.call('GET', `/v1/accounts/${account}`);
    expect([shown.body.status, shown.body.name, shown.body.number]).toEqual([
      'unlinked',
      null,
      null,
    ]);
    for (const part of ['balance', 'balance/history', 'syncs']) {
      const answer = await freshet.call('GET', `/v1/accounts/${account}/${part}`);
      expect([part, answer.status]).toEqual([part, part === 'balance' ? 404 : 200]);
    }
    expect((await freshet.call('GET', '/v1/changes?limit=500')).status).toBe(200);
    const again = await freshet.call('DELETE', `${pathOf(made)}?data=erase`);
    expect([again.status, again.body.erased_at]).toEqual([200, body.erased_at]);
  }, 60_000);

  it('erases what names nobody, and cannot be read for want of its key', async () => {
    const made = await linked();
    const ring = createKeyRing(`gone:${randomBytes(32).toString('base64')}`);
    const secret = Buffer.from(JSON.stringify({ account: made.accounts[0].bank }));
    const nameless = (id: string) => ({
      id,
      provider: 'okra',
      dedupe_key: id,
      type: 'UNKNOWN',
      body_bytes: secret.length,
      outcome: 'unmatched' as const,
    });
    const [unreadable, redacted] = [uuid7(), uuid7()];
    await freshet.db
      .insertInto('inbound_webhooks')
      .values([
        { ...nameless(unreadable), ...sealBody(ring, 'encrypted', unreadable, secret) },
        { ...nameless(redacted), redacted_at: new Date() },
      ])
      .execute();
    await unlink(made, '?data=erase');
    const left = await freshet.db
      .selectFrom('inbound_webhooks')
      .where('id', 'in', [unreadable, redacted])
      .select('id')
      .execute();
    expect(left).toEqual([{ id: redacted }]);
  });

  it('can be asked to erase later, also where the kept answer of a call shows the account', async () => {
    const customer = await bank.createCustomer({ accounts: 1, transactions: 3 });
    const number = customer.accounts[0]?.nuban ?? '';
    const posted = await freshet.call(
      'POST',
      '/v1/connections',
      { provider: 'okra', link: { customer: customer.customer.id, bank: customer.bank.id } },
      { 'Idempotency-Key': `erase-${customer.customer.id}` },
    );
    const path = `/v1/connections/${posted.body.id}`;
    await untilConnection(freshet, posted.body.id, (body) => body.linked_at);
    expect(await tablesWith(freshet.db, number)).toContain('idempotency_keys');
    await whenDone(freshet, await freshet.call('DELETE', path));
    expect(await tablesWith(freshet.db, number)).toContain('accounts');
    const erased = await whenDone(freshet, await freshet.call('DELETE', `${path}?data=erase`));
    const told = `/v1/events?connection_id=${posted.body.id}&type=connection.unlinked`;
    const { body: events } = await freshet.call('GET', told);
    expect(events.data.map(({ data }: { data: object }) => data)).toEqual([
      { data: 'erase' },
      { data: 'keep' },
    ]);
    expect(erased.unlink_data).toBe('erase');
    expect(await tablesWith(freshet.db, number)).toEqual([]);
  });

  it('can be followed by another link, which is another connection', async () => {
    const made = await linked();
    await unlink(made);
    await bank.control('POST', `/customers/${made.customer.customer.id}/login`, { state: 'ok' });
    const again = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: made.customer.customer.id, bank: made.customer.bank.id },
    });
    const body = await whenDone(freshet, again);
    expect([body.status, body.accounts.length]).toEqual(['active', 2]);
    expect(again.body.id).not.toBe(made.connectionId);
  });
});

describe('while the bank is away', () => {
  it('syncing ends at once, and the consent is withdrawn when it is back', async () => {
    const made = await linked();
    const [ids] = made.accounts;
    const heal = await bank.fault({
      endpoint: DISCONNECT,
      kind: '500',
      customer: customerOf(made),
    });
    const waiting = await freshet.call('DELETE', pathOf(made));
    expect([waiting.status, waiting.body.status]).toEqual([202, 'unlinking']);
    expect(waiting.body.accounts[0].status).toBe('unlinked');
    const { status_code: code } = await untilConnection(
      freshet,
      made.connectionId,
      (body) => body.status_code,
    );
    expect(code).toBe('http_500');
    const linkAgain = await freshet.call('POST', '/v1/connections', {
      provider: 'okra',
      link: { customer: made.customer.customer.id, bank: made.customer.bank.id },
    });
    expect([linkAgain.status, linkAgain.body.code]).toEqual([409, 'connection_unlinking']);
    const refused = await freshet.call('POST', `${pathOf(made)}/reauthorized`);
    expect([refused.status, refused.body.code]).toEqual([409, 'connection_unlinked']);

    const before = await rowsOf(freshet.db, [ids.account]);
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-1.00' });
    await eventually(async () => {
      const { webhooks } = await bank.control('GET', '/webhooks');
      return webhooks.every(({ state }: { state: string }) => state === 'delivered');
    });
    expect(await rowsOf(freshet.db, [ids.account])).toEqual(before);

    await heal();
    const done = await untilConnection(
      freshet,
      made.connectionId,
      ({ status }) => status === 'unlinked',
    );
    expect([done.status_code, done.unlink_forced]).toEqual([null, false]);
    expect((await bank.calls())[DISCONNECT]).toBeGreaterThan(1);
  }, 90_000);

  it('force leaves it out, and erase can be added meanwhile', async () => {
    const made = await linked();
    const heal = await bank.fault({
      endpoint: DISCONNECT,
      kind: '503',
      retry_after_s: 3_600,
      customer: customerOf(made),
    });
    const asked = freshet.call('DELETE', pathOf(made));
    await untilConnection(freshet, made.connectionId, (body) => body.status_code === 'http_503');
    const forced = await unlink(made, '?force=true&data=erase');
    expect(forced).toMatchObject({
      status: 'unlinked',
      unlink_forced: true,
      unlink_data: 'erase',
    });
    expect(await rowsOf(freshet.db, idsOf(made))).toEqual({});
    expect((await whenDone(freshet, await asked)).status).toBe('unlinked');
    await eventually(
      async () => (await unlinkWorkflow(made).describe()).status.name === 'COMPLETED',
    );
    await heal();
  }, 60_000);
});

describe('a worker that is killed in the middle of an erase', () => {
  it('is followed by one that erases the rest', async () => {
    const made = await link(freshet, bank, { accounts: 1, transactions: 3_000 });
    await untilAllActive(freshet, made);
    const [{ account }] = made.accounts;
    // What comes after the transactions waits here, so that the worker dies in the middle of it.
    const lock = await freshet.db.startTransaction().execute();
    const transactions = async () => (await rowsOf(freshet.db, [account]))['transactions'];
    let answer: Promise<ApiAnswer>;
    try {
      const balance = lock.selectFrom('balances').where('account_id', '=', account);
      expect(await balance.selectAll().forUpdate().execute()).toHaveLength(1);
      answer = freshet.call('DELETE', `${pathOf(made)}?data=erase`);
      await eventually(async () => (await transactions()) === undefined);
      await freshet.worker().kill();
    } finally {
      await lock.rollback().execute();
    }
    const half = await connectionOf(freshet, made.connectionId);
    expect([half.status, half.erased_at]).toEqual(['unlinked', null]);
    await freshet.startWorker();
    await whenDone(freshet, await answer);
    expect(await rowsOf(freshet.db, [account])).toEqual({});
    expect(await tablesWith(freshet.db, made.customer.accounts[0]?.nuban ?? '')).toEqual([]);
  }, 120_000);
});
