import { describe, expect, it } from 'vitest';
import { WebhookUnreadable } from '../../../providers/errors.ts';
import { createOkraProvider } from '../../../providers/okra/provider.ts';
import type { TranslatedWebhook } from '../../../providers/provider.ts';
import { ACCOUNT, BANK, CUSTOMER, RECORD, WEBHOOK_TOKEN } from './bank.ts';

const provider = createOkraProvider({
  baseUrl: 'http://127.0.0.1:1/v2',
  secretKey: 'unused',
  webhookToken: WEBHOOK_TOKEN,
});

const ENDED = '2026-03-01T10:00:00.000Z';
const STARTED = '2026-03-01T09:59:00.000Z';

const v2 = {
  type: 'CALLBACK',
  callbackURL: 'https://freshet.example/webhooks/okra',
  env: 'production-sandbox',
  status: 'is_success',
  started_at: STARTED,
  ended_at: ENDED,
  message: 'Successfully fetched',
  options: {},
  meta: {},
  bankId: BANK,
  bankSlug: 'example-bank',
  record: RECORD,
  recordId: RECORD,
  customerId: CUSTOMER,
  country: 'NG',
  extras: {},
};

function translate(body: unknown): TranslatedWebhook {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return provider.translateWebhook(new TextEncoder().encode(text));
}

function effectsOf(code: string, part: object = {}): TranslatedWebhook['effects'] {
  return translate({ ...v2, callback_code: code, code, ...part }).effects;
}

const changed = (product: string, hint: unknown) => [{ kind: 'changed', product, hint }];
const unclear = (product: string) => [{ kind: 'unclear', product }];
const recordHint = { record: RECORD, at: ENDED };

describe('translateWebhook', () => {
  it('tells whom an event concerns, and when it was', () => {
    expect(translate({ ...v2, callback_code: 'IDENTITY_IS_READY', identity: {} })).toEqual({
      type: 'IDENTITY_IS_READY',
      dedupeKey: expect.stringMatching(/^IDENTITY_IS_READY:[0-9a-f]{64}$/),
      occurredAt: ENDED,
      providerConnectionId: `${CUSTOMER}:${BANK}`,
      providerAccountId: null,
      understood: true,
      effects: [],
    });
  });

  it('hands on a complete balance, exact, with its own source text', () => {
    const part = `{ "nuban":"0123456789", "ledger_balance":12345678901234567.89,
      "available_balance" : 1.50, "currency":"NGN", "status":"Active", "accountId":"${ACCOUNT}" }`;
    const { balance: _, ...rest } = { ...v2, balance: null, callback_code: 'BALANCE_SUCCESS' };
    const body = `${JSON.stringify(rest).slice(0, -1)}, "balance": ${part}}`;
    expect(translate(body)).toMatchObject({
      providerAccountId: ACCOUNT,
      effects: [
        {
          kind: 'balance',
          balance: {
            providerAccountId: ACCOUNT,
            available: '1.50',
            current: '12345678901234567.89',
            limit: null,
            currency: 'NGN',
            dataAsOf: ENDED,
            raw: part,
          },
        },
      ],
    });
  });

  it('hands on the balance that an account holds', () => {
    const account = { ledger_balance: 5, available_balance: 4, account: 'x', accountId: ACCOUNT };
    expect(translate({ ...v2, callback_code: 'ACCOUNTS_SUCCESS', account })).toMatchObject({
      providerAccountId: ACCOUNT,
      effects: [
        { kind: 'balance', balance: { providerAccountId: ACCOUNT, available: '4', current: '5' } },
      ],
    });
  });

  it.each([
    ['no balance', { balance: undefined }],
    ['a balance of the wrong kind', { balance: 'x' }],
    ['no account', { balance: { ledger_balance: 1 } }],
    ['no amounts', { balance: { accountId: ACCOUNT } }],
    ['an amount that is none', { balance: { accountId: ACCOUNT, ledger_balance: 'x' } }],
    [
      'no time',
      {
        balance: { accountId: ACCOUNT, ledger_balance: 1 },
        ended_at: undefined,
        started_at: undefined,
      },
    ],
  ])('reads the bank where a balance event has %s', (_name, part) => {
    expect(effectsOf('BALANCE_SUCCESS', part)).toEqual(unclear('balance'));
    expect(translate({ ...v2, callback_code: 'BALANCE_SUCCESS', ...part }).understood).toBe(false);
  });

  it('takes the start for the time where the end is absent', () => {
    const balance = { accountId: ACCOUNT, ledger_balance: 1 };
    const event = { ...v2, callback_code: 'BALANCE_SUCCESS', balance, ended_at: undefined };
    expect(translate(event)).toMatchObject({
      occurredAt: STARTED,
      effects: [{ kind: 'balance', balance: { dataAsOf: STARTED } }],
    });
  });

  it.each([
    ['INITIAL_TRANSACTIONS', { new_transactions: 19 }, changed('transaction', recordHint)],
    ['FULL_TRANSACTIONS', {}, changed('transaction', recordHint)],
    ['PERIODIC_TRANSACTIONS', { error: null }, changed('transaction', recordHint)],
    ['PERIODIC_TRANSACTIONS', { record: undefined }, changed('transaction', recordHint)],
    ['PERIODIC_TRANSACTIONS', { record: undefined, recordId: undefined }, unclear('transaction')],
    [
      'TRANSACTIONS_DELETED',
      { removed_transactions: ['a', { _id: 'b' }] },
      [{ kind: 'transactions_removed', providerTransactionIds: ['a', 'b'] }],
    ],
    ['TRANSACTIONS_DELETED', {}, unclear('transaction')],
    ['TRANSACTIONS_DELETED', { removed_transactions: [{}] }, unclear('transaction')],
    [
      'AUTH_EXPIRED',
      { status: 'is_failed', auth: { reauth: true } },
      [{ kind: 'reauth_required' }],
    ],
    ['AUTH_SUCCESS', { auth: { status: true, reauth: true } }, [{ kind: 'reauthorized' }]],
    ['AUTH_SUCCESS', { auth: { status: true, reauth: false } }, []],
    ['AUTH_SUCCESS', { auth: {} }, []],
    ['AUTH_SUCCESS', {}, []],
    ['AUTH_REVOKED', {}, [{ kind: 'revoked' }]],
    ['TRANSACTIONS_SUCCESS', {}, unclear('transaction')],
    ['BALANCE_UPDATED', {}, unclear('balance')],
    ['BALANCE_FAILED', {}, []],
    ['TRANSACTIONS_UPDATE', { status: 'is_failed' }, []],
    ['INCOME_SUCCESS', {}, []],
  ])('%s with %j', (code, part, effects) => {
    expect(effectsOf(code, part)).toEqual(effects);
  });

  it.each([
    ['TRANSACTIONS_SUCCESS', false],
    ['SOMETHING_NEW', false],
    ['BALANCE_FAILED', true],
    ['IDENTITY_IS_READY', true],
    ['PERIODIC_TRANSACTIONS', true],
  ])('knows whether it understands %s', (code, understood) => {
    expect(translate({ ...v2, callback_code: code, code }).understood).toBe(understood);
  });

  it('reads the v1 shape, which names nobody', () => {
    const v1 = {
      callback_type: 'TRANSACTIONS',
      callback_code: 'PERIODIC_TRANSACTIONS',
      record: RECORD,
      error: null,
      new_transactions: 19,
    };
    expect(translate(v1)).toMatchObject({
      occurredAt: null,
      providerConnectionId: null,
      providerAccountId: null,
      effects: changed('transaction', { record: RECORD }),
    });
  });

  it('finds a type where the usual one is missing', () => {
    expect(translate({ code: 'A' }).type).toBe('A');
    expect(translate({ callback_code: '', callback_type: 'B' }).type).toBe('B');
    expect(translate({ method: 'C' }).type).toBe('C');
    expect(translate({ callback_code: 'x'.repeat(65) }).type).toBe('UNKNOWN');
    expect(translate({})).toMatchObject({ type: 'UNKNOWN', effects: [] });
  });

  it('gives a re-delivery the same key, and any other event another', () => {
    const event = { ...v2, callback_code: 'PERIODIC_TRANSACTIONS' };
    const { dedupeKey } = translate(event);
    expect(translate(event).dedupeKey).toBe(dedupeKey);
    expect(translate({ ...event, record: 'x' }).dedupeKey).not.toBe(dedupeKey);
    expect(translate({ ...event, ended_at: STARTED }).dedupeKey).not.toBe(dedupeKey);
  });

  it('refuses what is no JSON object, without quoting it', () => {
    const broken = [new Uint8Array([0xff]), ...['', 'secret', '[]', 'null', '{"a":'].map(encode)];
    for (const body of broken) {
      expect(() => provider.translateWebhook(body)).toThrow(WebhookUnreadable);
      expect(() => provider.translateWebhook(body)).not.toThrow(/secret/);
    }
  });
});

function verify(authorization: string | undefined): Promise<boolean> {
  return provider.verifyWebhook({ headers: { authorization }, body: new Uint8Array() });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('verifyWebhook', () => {
  it.each([`Bearer ${WEBHOOK_TOKEN}`, `bearer ${WEBHOOK_TOKEN}`, `BEARER   ${WEBHOOK_TOKEN} `])(
    'takes %j',
    async (header) => {
      expect(await verify(header)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    WEBHOOK_TOKEN,
    `Basic ${WEBHOOK_TOKEN}`,
    `Bearer ${WEBHOOK_TOKEN}x`,
    `Bearer ${WEBHOOK_TOKEN.slice(0, -1)}`,
    `Bearer ${WEBHOOK_TOKEN.toUpperCase()}`,
    `Bearer ${WEBHOOK_TOKEN} ${WEBHOOK_TOKEN}`,
    `xBearer ${WEBHOOK_TOKEN}`,
  ])('refuses %j', async (header) => {
    expect(await verify(header)).toBe(false);
  });
});
