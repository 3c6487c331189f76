import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deliveryStageOf, type DeliveryStage } from '../support/delivery-stage.ts';
import { allThatTemporalHolds } from '../support/all-that-temporal-holds.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, type Linked } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import {
  accept,
  startReceiver,
  withStatus,
  type Received,
  type Receiver,
} from '../support/start-receiver.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let stage: DeliveryStage;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ deliveryPace: { lingerMs: 200 } }));
  stage = deliveryStageOf(freshet);
});
afterAll(() => close());
afterEach(() => stage.clear());

async function linked(wanted: Parameters<typeof link>[2], refresh: unknown = false) {
  const made = await link(freshet, bank, wanted, refresh);
  await untilStatus(freshet, made.accounts[0].account, 'active');
  return made;
}

const refresh = ({ accounts: [{ account }] }: Linked) =>
  freshet.call('POST', `/v1/accounts/${account}/refresh`, { wait: 20 });

const typesOf = ({ received }: Receiver): string[] => received.map(({ body }) => body.type);

const untilTold = (receiver: Receiver, type: string, count = 1): Promise<Received[]> =>
  eventually(
    () => {
      const told = receiver.received.filter(({ body }) => body.type === type);
      return told.length >= count && told;
    },
    { describe: `${count} of ${type}` },
  );

const untilAccepted = (receiver: Receiver, events: readonly string[]) =>
  eventually(() => events.every((event) => receiver.accepted().includes(event)));

const setUrl = ({ accounts: [{ account }] }: Linked, url: string | null) =>
  freshet.call('PATCH', `/v1/accounts/${account}/settings`, { webhook_url: url });

/** The account's own endpoint, with its secret as the API shows it. */
async function ownEndpoint({ accounts: [{ account }] }: Linked) {
  const { body } = await freshet.call('GET', `/v1/endpoints?account_id=${account}`);
  const [{ id }] = body.data;
  const { secret } = (await freshet.call('GET', `/v1/endpoints/${id}/secret`)).body;
  return { id, secret };
}

const isSignedWith = ({ text, headers }: Received, secret: string): boolean => {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

describe('an account’s own endpoint', () => {
  let own: Receiver;
  beforeAll(async () => {
    own = await startReceiver();
  });
  afterAll(() => own.close());

  it('hears of that account only, signed with its own secret, and of no endpoint', async () => {
    const all = await stage.listen();
    const gone = await stage.listen(withStatus(410), { event_types: ['account.resumed'] });
    const [one, other] = [await linked({ accounts: 1 }), await linked({ accounts: 1 })];
    await setUrl(one, own.url);
    const mine = one.accounts[0].account;
    await freshet.call('POST', `/v1/accounts/${mine}/pause`);
    await freshet.call('POST', `/v1/accounts/${mine}/start`);
    await freshet.call('POST', `/v1/accounts/${other.accounts[0].account}/pause`);
    await freshet.call('POST', `/v1/endpoints/${all.endpointId}/test`);
    await untilTold(own, 'account.resumed');
    await untilTold(all, 'account.paused', 2);
    await untilTold(all, 'webhook.test');
    await untilTold(all, 'endpoint.disabled');

    expect(typesOf(own)).toEqual(['account.paused', 'account.resumed']);
    expect(own.received.every(({ body }) => body.account_id === mine)).toBe(true);
    const { secret } = await ownEndpoint(one);
    for (const told of own.received) {
      expect([isSignedWith(told, secret), isSignedWith(told, all.secret)]).toEqual([true, false]);
    }
    for (const told of all.received) {
      expect([isSignedWith(told, secret), isSignedWith(told, all.secret)]).toEqual([false, true]);
    }
    expect(typesOf(gone)).not.toContain('endpoint.disabled');
    expect(typesOf(gone)).not.toContain('webhook.test');

    await setUrl(one, null);
    await freshet.call('POST', `/v1/accounts/${mine}/pause`);
    await untilTold(all, 'account.paused', 3);
    expect(own.received).toHaveLength(2);
  });
});

describe('a secret', () => {
  it('signs beside its successor, until its time is over', async () => {
    const heard = await stage.listen();
    const account = await stage.account();
    const nextTold = async (): Promise<Received> => {
      const [event = ''] = await stage.happen(account);
      await untilAccepted(heard, [event]);
      const told = heard.received.find(({ id }) => id === event);
      if (!told) throw new Error('it was not told');
      return told;
    };
    /** What is read of an endpoint while it is delivered to may be two seconds old. */
    const untilIdle = () =>
      eventually(async () => {
        const row = await stage.endpoint(heard.endpointId);
        return row.delivering_until === null;
      });

    const old = heard.secret;
    await nextTold();
    await untilIdle();
    const path = `/v1/endpoints/${heard.endpointId}/rotate-secret`;
    const { secret } = (await freshet.call('POST', path, {})).body;
    const both = await nextTold();
    expect(both.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect([isSignedWith(both, old), isSignedWith(both, secret)]).toEqual([true, true]);

    await untilIdle();
    await freshet.db
      .updateTable('webhook_endpoints')
      .set({ old_secret_until: new Date() })
      .where('id', '=', heard.endpointId)
      .execute();
    const later = await nextTold();
    expect([isSignedWith(later, old), isSignedWith(later, secret)]).toEqual([false, true]);
  });
});

describe('what an endpoint wants to hear', () => {
  it('are types of events, and syncs that found nothing, if it says so', async () => {
    const plain = await stage.listen();
    const balances = await stage.listen(accept, { event_types: ['balance.success'] });
    const curious = await stage.listen(accept, { unchanged: true });
    const one = await linked({ accounts: 1, transactions: 2 });
    await untilTold(plain, 'transaction.success');
    await untilTold(plain, 'balance.success');
    await refresh(one);
    const [, again] = await untilTold(curious, 'balance.success', 2);
    const [, nothing] = await untilTold(curious, 'transaction.success', 2);
    expect(again?.body.data.changed).toBe(false);
    expect(nothing?.body.data).toMatchObject({
      changed: false,
      counts: { added: 0, changed: 0, removed: 0 },
      parts: 1,
    });
    await bank.control('PUT', `/accounts/${one.accounts[0].bank}/balance`, { ledger: '1.50' });
    await refresh(one);
    await untilTold(balances, 'balance.success', 2);
    await untilTold(plain, 'balance.success', 2);
    for (const { received } of [plain, balances]) {
      expect(received.every(({ body }) => body.data.changed !== false)).toBe(true);
    }
    expect(new Set(typesOf(balances))).toEqual(new Set(['balance.success']));
  });

  it('is all that a sync changed, a hundred transactions at a time, or their ids', async () => {
    const full = await stage.listen(accept, { event_types: ['transaction.success'] });
    const ids = await stage.listen(accept, {
      event_types: ['transaction.success', 'balance.success'],
      payload: 'ids',
    });
    const one = await linked({ accounts: 1, transactions: 250 });
    const parts = (await untilTold(full, 'transaction.success', 3)).map(({ body }) => body.data);
    expect(new Set(parts.map(({ part }) => part))).toEqual(new Set([1, 2, 3]));
    const sizes = parts.map(({ transactions }) => transactions.added.length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([50, 100, 100]);
    const told = parts.flatMap(({ transactions }) => transactions.added);
    const { transactions: truth } = await bank.truth(one.accounts[0].bank);
    expect(new Set(told.map(({ provider_transaction_id: id }) => id))).toEqual(
      new Set(truth.map(({ id }) => id)),
    );
    for (const { counts } of parts) expect(counts).toEqual({ added: 250, changed: 0, removed: 0 });

    const named = (await untilTold(ids, 'transaction.success', 3)).map(({ body }) => body.data);
    expect(new Set(named.flatMap(({ transaction_ids: list }) => list.added))).toEqual(
      new Set(told.map(({ id }) => id)),
    );
    const [balance] = await untilTold(ids, 'balance.success');
    for (const { text } of ids.received) {
      for (const { description } of truth) expect(text).not.toContain(description);
    }
    expect(balance?.body.data).not.toHaveProperty('balance');
  });
});

describe('what the bank told, and where events go', () => {
  it('is nowhere in Temporal nor in the log of the worker (invariant 8)', async () => {
    const [path, answer] = ['Confidential-path', 'Confidential-answer'];
    const receiver = await startReceiver((_, response) => void response.writeHead(500).end(answer));
    const values = { url: `${receiver.url}/${path}`, description: 'Confidential-books' };
    const { body: endpoint } = await freshet.call('POST', '/v1/endpoints', values);
    const accounts = [
      { name: 'Private Savings', balance: { ledger: '314159.26' }, transactions: 5 },
    ];
    const one = await linked({ accounts });
    await untilTold(receiver, 'transaction.success');
    await untilTold(receiver, 'balance.success');
    expect(receiver.received.some(({ text }) => text.includes('314159.26'))).toBe(true);
    await stage.hurry(endpoint.id);
    await freshet.db
      .updateTable('webhook_endpoints')
      .set({ url: 'http://nobody.invalid:1/Confidential-path' })
      .where('id', '=', endpoint.id)
      .execute();
    await stage.hurry(endpoint.id);
    await eventually(async () =>
      (await stage.deliveries(endpoint.id)).some(({ last_error_code: code }) => code !== null),
    );
    await eventually(async () => (await stage.endpoint(endpoint.id)).delivering_until === null);
    await eventually(async () => {
      const { events } = await stage.workflow(endpoint.id).fetchHistory();
      return events?.some((event) => event.timerStartedEventAttributes);
    });
    await freshet.call('DELETE', `/v1/endpoints/${endpoint.id}`);
    await receiver.close();

    const { transactions } = await bank.truth(one.accounts[0].bank);
    const words = [
      ...transactions.flatMap(({ id, description }) => [id, description]),
      path,
      answer,
      'Confidential-books',
      'nobody.invalid',
      'Private Savings',
      '314159.26',
      endpoint.secret,
      endpoint.secret.slice('whsec_'.length),
    ];
    const ofEndpoints = 'WorkflowType = "endpointDelivery"';
    const held = await eventually(async () => {
      const texts = [...(await allThatTemporalHolds(freshet.temporal, ofEndpoints)).values()];
      const all = texts.join('\n');
      return all.includes(`endpoint-delivery:${endpoint.id}`) && all;
    });
    expect(held).toContain('what is due');
    expect(held).toContain('until the next attempt');
    const log = freshet.worker().output();
    expect(words.filter((word) => held.includes(word) || log.includes(word))).toEqual([]);
  });
});
