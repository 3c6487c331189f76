import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { toStore } from '../../api/webhooks/to-store.ts';
import { createLogger } from '../../config/logger.ts';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { openBody } from '../../credentials/webhook-body.ts';
import { createOkraProvider } from '../../providers/okra/provider.ts';
import type { Provider, TranslatedWebhook } from '../../providers/provider.ts';

const keyRing = createKeyRing(`test:${randomBytes(32).toString('base64')}`);
const options = { keyRing, bodies: 'encrypted', logger: createLogger('api', 'silent') } as const;
const body = Buffer.from('{"some": "body"}');

const okra = createOkraProvider({
  baseUrl: 'http://127.0.0.1:1/v2',
  secretKey: 'sandbox-secret-key',
  webhookToken: 'sandbox-webhook-token',
});
const providerThat = (translateWebhook: () => TranslatedWebhook): Provider => ({
  ...okra,
  translateWebhook,
});
const event: TranslatedWebhook = {
  type: 'AN_EVENT',
  dedupeKey: 'key',
  occurredAt: '2026-01-31T12:00:00.000Z',
  providerConnectionId: null,
  providerAccountId: 'account',
  understood: true,
  effects: [{ kind: 'unclear', product: 'balance' }],
};

it.each<[string, () => TranslatedWebhook]>([
  [
    'breaks its provider’s code',
    () => {
      throw new TypeError('undefined is not a function');
    },
  ],
  ['has an id with a NUL', () => ({ ...event, providerAccountId: 'a\0b' })],
  ['has half a letter in its type', () => ({ ...event, type: '\ud800' })],
  ['has a key that no index takes', () => ({ ...event, dedupeKey: 'k'.repeat(501) })],
  ['is of the year 0', () => ({ ...event, occurredAt: '0000-12-31T00:00:00.000Z' })],
])('a verified body that %s is stored as unreadable', (_, translate) => {
  const stored = toStore(providerThat(translate), body, options);
  expect(stored).toMatchObject({
    type: 'unreadable',
    readable: false,
    understood: false,
    occurredAt: null,
    providerAccountId: null,
    products: [],
    bytes: body.length,
  });
  expect(openBody(keyRing, stored)).toEqual(body);
});

it('a readable one is stored as it reads', () => {
  const stored = toStore(
    providerThat(() => event),
    body,
    options,
  );
  const { effects: _, ...told } = event;
  expect(stored).toMatchObject({ ...told, readable: true, products: ['balance'] });
});
