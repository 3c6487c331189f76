import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventType } from '../../config/event-type.ts';
import { recordEvents } from '../../db/events/record-event.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { storeAccount } from '../support/store.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

const list = async (query: string) => await freshet.call('GET', `/v1/events?${query}`);
const show = async (path: string) => await freshet.call('GET', `/v1/events/${path}`);
const typesOf = async (query: string): Promise<string[]> =>
  (await list(query)).body.data.map(({ type }: { type: string }) => type);
/** Without what its syncs tell, and its link. */
const statesOf = async (account: string): Promise<string[]> =>
  (await typesOf(`account_id=${account}`)).filter((type) => /^account\.(?!linked)/.test(type));

describe('GET /v1/events', () => {
  let account: string;
  let connection: string;
  beforeAll(async () => {
    account = await storeAccount(freshet.db);
    const row = await freshet.db
      .selectFrom('accounts')
      .where('id', '=', account)
      .select('connection_id')
      .executeTakeFirstOrThrow();
    connection = row.connection_id;
    const of = (type: EventType, data: object = {}) =>
      freshet.db.transaction().execute((trx) =>
        recordEvents(trx, [
          {
            type,
            connectionId: connection,
            data,
            ...(type.startsWith('account.') ? { accountId: account } : {}),
          },
        ]),
      );
    await of('connection.linked');
    await of('account.paused', { reason: 'user' });
    await of('account.resumed');
    await of('account.reauth_required');
    await of('account.recovered', { reason: 'reauth_required' });
  });

  it('tells the newest first, by account, connection and type', async () => {
    expect(await typesOf(`connection_id=${connection}`)).toEqual([
      'account.recovered',
      'account.reauth_required',
      'account.resumed',
      'account.paused',
      'connection.linked',
    ]);
    expect(await typesOf(`account_id=${account}`)).not.toContain('connection.linked');
    const { body } = await list(`account_id=${account}&type=account.paused`);
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          type: 'account.paused',
          timestamp: expect.stringMatching(/Z$/),
          account_id: account,
          connection_id: connection,
          sequence: 1,
          sync: null,
          data: { reason: 'user' },
        },
      ],
      next_cursor: null,
    });
    const [linked] = (await list(`connection_id=${connection}&type=connection.linked`)).body.data;
    expect(linked).toMatchObject({ account_id: null, data: {} });
  });

  it('shows one', async () => {
    const [event] = (await list(`account_id=${account}&type=account.paused`)).body.data;
    expect((await show(event.id)).body).toEqual(event);
    expect((await show(`${event.id}?payload=full`)).body).toEqual(event);
    expect((await show(`${event.id}?payload=some`)).status).toBe(400);
    expect((await show(account)).status).toBe(404);
    expect((await show('me')).status).toBe(400);
  });

  it('comes in pages, whose cursor belongs to its filters', async () => {
    const found: string[] = [];
    let path = `account_id=${account}&limit=3`;
    for (;;) {
      const { body } = await list(path);
      found.push(...body.data.map(({ type }: { type: string }) => type));
      if (body.next_cursor === null) break;
      path = `account_id=${account}&limit=3&cursor=${body.next_cursor}`;
    }
    expect(found).toEqual(await typesOf(`account_id=${account}`));
    const { body } = await list(`account_id=${account}&limit=3`);
    const other = await list(`limit=3&cursor=${body.next_cursor}`);
    expect([other.status, other.body.errors[0].field]).toEqual([400, 'cursor']);
  });

  it('says what is wrong with a question', async () => {
    const unknown = await list('type=account.exploded');
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors).toEqual([
      {
        field: 'type',
        message: `must be one of ${EVENT_TYPES.join(', ')}`,
        allowed: [...EVENT_TYPES],
      },
    ]);
    const nobody = '0198c0de-0000-7000-8000-000000000000';
    expect((await list(`account_id=${nobody}`)).status).toBe(404);
    expect((await list(`connection_id=${nobody}`)).status).toBe(404);
    expect((await list('account_id=me')).status).toBe(400);
  });
});

describe('the life of an account', () => {
  it('is told: what the operator does, and what the bank does', async () => {
    const { accounts, customer, connectionId } = await link(freshet, bank, { accounts: 2 });
    const [{ account }, other] = accounts;
    for (const one of accounts) await untilStatus(freshet, one.account, 'active');
    const told = (...types: string[]) =>
      eventually(async () => String(await statesOf(account)) === String(types.toReversed()), {
        describe: types.join(', '),
      });
    expect(await statesOf(account)).toEqual([]);

    await freshet.call('POST', `/v1/accounts/${account}/pause`);
    await told('account.paused');
    await freshet.call('POST', `/v1/accounts/${account}/pause`);
    await freshet.call('POST', `/v1/accounts/${account}/start`);
    await told('account.paused', 'account.resumed');

    const login = (state: string) =>
      bank.control('POST', `/customers/${customer.customer.id}/login`, {
        state,
        webhooks: 'withhold',
      });
    await login('required');
    await freshet.call('POST', `/v1/accounts/${account}/refresh`, { wait: 20 });
    await told('account.paused', 'account.resumed', 'account.reauth_required');
    await login('ok');
    await freshet.call('POST', `/v1/connections/${connectionId}/reauthorized`);
    await untilStatus(freshet, account, 'active');
    await told('account.paused', 'account.resumed', 'account.reauth_required', 'account.recovered');
    const [recovered] = (await list(`account_id=${account}&type=account.recovered`)).body.data;
    expect(recovered.data).toEqual({ reason: 'reauth_required' });
    expect(await typesOf(`account_id=${other?.account}`)).not.toContain('account.paused');
  });

  it('is told: that its data has become stale, until it is refreshed', async () => {
    const { accounts } = await link(freshet, bank, { accounts: 1 }, true);
    const [{ account }] = accounts;
    await untilStatus(freshet, account, 'active');
    const threeDaysAgo = sql<Date>`now() - interval '3 days'`;
    await freshet.db
      .updateTable('accounts')
      .set({
        balance_synced_at: threeDaysAgo,
        transactions_synced_at: threeDaysAgo,
        settings_changed_at: threeDaysAgo,
      })
      .where('id', '=', account)
      .execute();
    await eventually(async () => (await statesOf(account)).length > 0);
    const show = async () => (await freshet.call('GET', `/v1/accounts/${account}`)).body;
    const stale = await show();
    expect([stale.stale_since, stale.balance.stale]).toEqual([expect.any(String), true]);
    await freshet.call('POST', `/v1/accounts/${account}/refresh`, { wait: 20 });
    const fresh = await show();
    expect([fresh.stale_since, fresh.balance.stale]).toEqual([null, false]);
    expect(await statesOf(account)).toEqual(['account.stale']);
    const { body } = await list(`account_id=${account}&type=account.stale`);
    expect(body.data).toMatchObject([
      { type: 'account.stale', data: { status: 'active', products: ['balance', 'transaction'] } },
    ]);
  });
});
