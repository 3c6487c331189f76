import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebhookUnreadable } from '../../../providers/errors.ts';
import { createMonoProvider } from '../../../providers/mono/provider.ts';
import { monoSettings } from '../../../providers/mono/settings.ts';
import type { TranslatedWebhook } from '../../../providers/provider.ts';
import { unknownEnums, unknownFields, withoutOptional } from '../../fakes/mono/alterations.ts';
import { defaultStyle } from '../../fakes/mono/webhooks/style.ts';
import { eventually } from '../../support/eventually.ts';
import { testContext } from '../context.ts';
import { answerJson, startWire, type Wire } from '../wire.ts';
import { linkOne, start, startBank, type Bank, type LinkedAccount } from './bank.ts';
import { example, exampleNames } from './examples.ts';

const ID = '65a000000000000000000001';
const SECRET = 'sec-of-a-test';

const provider = createMonoProvider(
  monoSettings({ secretKey: 'test_sk_x', webhookSecret: SECRET }),
);

const translate = (body: unknown): TranslatedWebhook =>
  provider.translateWebhook(
    new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  );

const link = {
  kind: 'link',
  session: 'session-1',
  state: 'finished',
  links: [{ account_id: ID }],
} as const;
const changed = (product: 'balance' | 'transaction') =>
  ({ kind: 'changed', product, hint: null }) as const;
const balance = (dataAsOf: string) => ({
  kind: 'balance',
  balance: {
    providerAccountId: ID,
    available: null,
    current: '38051.14',
    limit: null,
    currency: 'NGN',
    dataAsOf,
    raw: expect.stringMatching(/^\{[^]*"balance": 3805114[^]*\}$/) as unknown,
  },
});

/** What each example asks of us, and when it happened. */
const MEANING: Readonly<Record<string, readonly [effects: readonly unknown[], at: string | null]>> =
  {
    'account_connected-2026': [[link], '2026-02-03T09:00:00.000Z'],
    'account_connected-empty-meta': [[], null],
    'account_connected-id-alone': [[], null],
    'account_updated-2026': [
      [link, balance('2026-02-03T09:00:41.000Z'), changed('transaction')],
      '2026-02-03T09:00:42.000Z',
    ],
    'account_updated-real-time': [
      [balance('2024-07-05T09:35:12.001Z')],
      '2024-07-05T09:35:12.001Z',
    ],
    'account_updated-reauthorisation': [[{ kind: 'reauth_required' }], null],
    'account_updated-other-prefix': [[changed('transaction')], null],
    'account_updated-unavailable': [[], null],
    account_reauthorized: [[{ kind: 'reauthorized' }], '2026-02-10T08:00:00.000Z'],
    account_unlinked: [[{ kind: 'revoked' }], null],
    'account_unlinked-field-table': [[{ kind: 'revoked' }], null],
    'jobs_update-finished': [[changed('transaction')], null],
    'jobs_update-processing': [[], null],
    'jobs_update-failed': [[], null],
    'jobs_update-2024-successful': [[changed('balance')], null],
    'jobs_update-2024-reauthorisation': [[{ kind: 'reauth_required' }], null],
    'legacy-reauthorisation_required': [[{ kind: 'reauth_required' }], null],
    'legacy-sync_failed': [[], null],
    'unknown-event': [[], null],
  };

describe('what the documented webhooks mean', () => {
  it('has a meaning for every example', () => {
    expect(Object.keys(MEANING).sort()).toEqual(exampleNames('webhooks').sort());
  });

  it.each(exampleNames('webhooks'))('%s', (name) => {
    const [effects, occurredAt] = MEANING[name] ?? [];
    const told = translate(example('webhooks', name));
    expect(told).toMatchObject({
      occurredAt,
      providerConnectionId: ID,
      providerAccountId: ID,
      understood: name !== 'unknown-event',
    });
    expect(told.effects).toEqual(effects);
  });
});

describe('a webhook that is odd', () => {
  const updated = JSON.parse(example('webhooks', 'account_updated-2026')) as {
    data: { account: Record<string, unknown>; meta: Record<string, unknown> };
  };
  const withParts = (account: object, meta: object): unknown => ({
    ...updated,
    data: {
      account: { ...updated.data.account, ...account },
      meta: { ...updated.data.meta, ref: undefined, ...meta },
    },
  });

  it.each([
    [{ balance: 'much' }, {}, ['unclear', 'changed'], false],
    [{ currency: 'XOF' }, {}, ['unclear', 'changed'], false],
    [{}, { data_status: 'A_NEW_VALUE' }, ['changed', 'changed'], true],
    [{}, { data_status: undefined }, ['changed', 'changed'], true],
    [{}, { data_status: 'available' }, ['balance', 'changed'], true],
    [{}, { retrieved_data: undefined }, ['balance', 'changed'], true],
    [{}, { retrieved_data: 'all' }, ['balance', 'changed'], true],
    [{}, { data_status: 'PARTIAL', retrieved_data: undefined }, [], true],
    [{}, { data_status: 'PROCESSING' }, [], true],
    [{}, { data_status: 'FAILED' }, [], true],
    [{}, { sync_status: 'FAILED' }, [], true],
    [{}, { sync_status: 'reauthorization_required' }, ['reauth_required'], true],
    [{}, { sync_status: 'A_NEW_VALUE' }, ['balance', 'changed'], true],
    [{ _id: undefined, id: 'other' }, {}, ['balance', 'changed'], true],
    [{ _id: undefined }, {}, ['unclear', 'changed'], false],
  ])('%j %j', (account, meta, kinds, understood) => {
    const told = translate(withParts(account, meta));
    expect(told.effects.map(({ kind }) => kind)).toEqual(kinds);
    expect(told.understood).toBe(understood);
  });

  it('has no time: its balance is read, as nobody can tell how old it is', () => {
    const { data } = withParts({ updated_at: undefined }, {}) as typeof updated;
    const told = translate({ event: 'mono.events.account_updated', data });
    expect(told).toMatchObject({
      occurredAt: null,
      understood: true,
      effects: [changed('balance'), changed('transaction')],
    });
  });

  it.each([
    [{ event: 'mono.accounts.jobs.update', data: { account: ID, status: 'A_NEW_VALUE' } }],
    [{ event: 'mono.accounts.jobs.update', data: { account: ID } }],
    [{ event: 'mono.events.account_unlinked', data: {} }],
    [{ event: 'mono.events.account_reauthorized' }],
    [{ event: 7, data: null }],
    [{}],
  ])('%j is not understood', (body) => {
    expect(translate(body).understood).toBe(false);
  });

  it('does not take a job’s id for an account’s', () => {
    const told = translate({
      event: 'mono.accounts.jobs.update',
      data: { id: 'job', status: 'finished' },
    });
    expect(told).toMatchObject({ providerAccountId: null, understood: false });
  });

  it('of a job without a known name has both products read', () => {
    const data = { account: ID, status: 'finished', name: 'jobs.accounts.sync_all' };
    const told = translate({ event: 'mono.accounts.jobs.update', data });
    expect(told.effects).toEqual([changed('balance'), changed('transaction')]);
  });

  it.each(['', 'x', '[]', '"x"', 'null', '{"a":'])('%j is no JSON object', (body) => {
    expect(() => translate(body)).toThrow(WebhookUnreadable);
  });
});

describe('re-deliveries', () => {
  it('are known by the event’s id, whatever else has changed', () => {
    const one = translate(example('webhooks', 'account_updated-2026'));
    const two = translate(`${example('webhooks', 'account_updated-2026')}   `);
    expect(two.dedupeKey).toBe(one.dedupeKey);
    const body = example('webhooks', 'account_updated-2026').replace(
      'updated00001',
      'updated00002',
    );
    expect(translate(body).dedupeKey).not.toBe(one.dedupeKey);
  });

  it('without one are known by the body', () => {
    const one = translate(example('webhooks', 'jobs_update-finished'));
    expect(translate(example('webhooks', 'jobs_update-finished')).dedupeKey).toBe(one.dedupeKey);
    expect(translate(example('webhooks', 'jobs_update-failed')).dedupeKey).not.toBe(one.dedupeKey);
  });
});

describe('the proof', () => {
  it.each([
    [{ 'mono-webhook-secret': SECRET }, true],
    [{ 'mono-webhook-secret': `${SECRET} ` }, false],
    [{ 'mono-webhook-secret': SECRET.toUpperCase() }, false],
    [{ 'mono-webhook-secret': '' }, false],
    [{ 'mono-webhook-secret': undefined }, false],
    [{}, false],
    [{ authorization: SECRET }, false],
  ])('%j: %s', async (headers, holds) => {
    expect(await provider.verifyWebhook({ headers, body: new Uint8Array() })).toBe(holds);
    expect(provider.isRefusedByHeaders?.(headers)).toBe(!holds);
  });
});

const kindsOf = (told: readonly TranslatedWebhook[]) =>
  told.map(({ effects }) => effects.map(({ kind }) => kind));

describe('what the fake sends', () => {
  let bank: Bank;
  let wire: Wire;

  beforeAll(async () => {
    wire = await startWire((response) => answerJson(response, {}));
    bank = await startBank({}, { webhookUrl: wire.url });
  });

  beforeEach(() => {
    Object.assign(bank.mono.control.webhooks.style, defaultStyle());
    bank.mono.control.webhooks.alteration = null;
  });

  afterAll(async () => {
    await bank[Symbol.asyncDispose]();
    await wire[Symbol.asyncDispose]();
  });

  async function sentAbout(
    account: LinkedAccount | null,
    act: () => Promise<unknown>,
  ): Promise<TranslatedWebhook[]> {
    const before = wire.requests.length;
    await act();
    await bank.mono.control.webhooks.settled();
    await eventually(() => wire.requests.length > before);
    const told = wire.requests.slice(before).map(({ body, headers }) => {
      expect(headers['mono-webhook-secret']).toBe(bank.mono.webhookSecret);
      return translate(body);
    });
    return told.filter(({ providerAccountId }) =>
      [undefined, providerAccountId].includes(account?.id),
    );
  }

  it.each(['full', 'empty', 'nothing'] as const)('tells of a link (%s)', async (connected) => {
    bank.mono.control.webhooks.style.connected = connected;
    const told = await sentAbout(null, () => linkOne(bank));
    expect(told.every(({ understood }) => understood)).toBe(true);
    expect(kindsOf(told)).toEqual([
      connected === 'full' ? ['link'] : [],
      ['link', 'balance', 'changed'],
    ]);
  });

  it.each(['documented', '_id', 'id', 'both'] as const)('ids: %s', async (ids) => {
    const account = await linkOne(bank);
    Object.assign(bank.mono.control.webhooks.style, { ids, letters: 'lower', envelope: 'bare' });
    const told = await sentAbout(account, async () => {
      bank.mono.control.announce.updated(account.id);
      bank.mono.control.announce.reauthorized(account.id);
      bank.mono.control.announce.unlinked(account.id);
    });
    expect(kindsOf(told)).toEqual([['link', 'balance', 'changed'], ['reauthorized'], ['revoked']]);
  });

  it.each(['s', 'z'] as const)(
    'tells that the customer must log in, and has (%s)',
    async (spelling) => {
      const account = await linkOne(bank);
      Object.assign(bank.mono.control.webhooks.style, { spelling, letters: 'lower' });
      bank.mono.control.requireReauth(account.id);
      const job = await sentAbout(account, () =>
        bank.provider.fetchBalance(account.ref, { refresh: true }, testContext()).catch(() => null),
      );
      expect(kindsOf(job)).toEqual([[], ['link', 'reauth_required']]);
      const { url } = await start(bank.provider, 'session-of-reauth', {
        connection: account.connection,
      });
      const again = await sentAbout(account, async () => bank.mono.control.finishReauth(url));
      expect(kindsOf(again)).toEqual([['reauthorized'], ['link', 'balance', 'changed']]);
      expect(again[1]?.effects[0]).toMatchObject({ session: 'session-of-reauth' });
    },
  );

  it('tells nothing of data that was not retrieved', async () => {
    const told = await sentAbout(null, () => linkOne(bank, {}, { retrieve: [] }));
    expect(kindsOf(told)).toEqual([['link'], ['link']]);
    const half = await sentAbout(null, () => linkOne(bank, {}, { retrieve: ['transactions'] }));
    expect(kindsOf(half)).toEqual([['link'], ['link', 'changed']]);
  });

  it.each([
    ['unknown fields', unknownFields, ['link', 'balance', 'changed']],
    ['unknown values', unknownEnums, ['link', 'changed', 'changed']],
    ['only what must be there', withoutOptional, ['link', 'changed', 'changed']],
  ])('with %s', async (_, alteration, kinds) => {
    const account = await linkOne(bank);
    bank.mono.control.webhooks.alteration = alteration;
    const told = await sentAbout(account, async () => {
      bank.mono.control.announce.updated(account.id);
    });
    expect(kindsOf(told)).toEqual([kinds]);
  });
});
