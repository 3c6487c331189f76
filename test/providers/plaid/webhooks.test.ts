import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WebhookUnreadable } from '../../../providers/errors.ts';
import type { TranslatedWebhook } from '../../../providers/provider.ts';
import { translateWebhook } from '../../../providers/plaid/webhooks.ts';
import { EXAMPLES, OF_OTHER_PRODUCTS } from './examples/webhooks.ts';

const translate = (body: unknown): TranslatedWebhook =>
  translateWebhook(Buffer.from(JSON.stringify(body, null, 2)));

const named = (text: string, field: string): string | undefined =>
  new RegExp(
    `\\* [^\\n]*?([A-Z][A-Z_]+)[^\\n]*\\n(?:\\s+\\*[^\\n]*\\n)+\\s+'?${field}'?\\??:`,
  ).exec(text)?.[1];

/** Every type and code that the official client's types name in the comments of its webhooks. */
function documented(): string[] {
  const types = readFileSync(
    new URL('../../../node_modules/plaid/dist/api.d.ts', import.meta.url),
    'utf8',
  );
  return types
    .split(/^export interface /m)
    .filter((part) => /^\w+Webhook\w* \{/.test(part) && /^ {4}'?webhook_code/m.test(part))
    .flatMap((part) => {
      const [type, code] = [named(part, 'webhook_type'), named(part, 'webhook_code')];
      return type && code ? [`${type}:${code}`] : [];
    });
}

describe('a documented webhook', () => {
  it.each(EXAMPLES)('$body.webhook_type $body.webhook_code', ({ body, effects }) => {
    const read = translate(body);
    expect(read).toMatchObject({
      type: [body['webhook_type'], body['webhook_code']].join(':'),
      occurredAt: null,
      providerConnectionId: body['item_id'] ?? null,
      providerAccountId: body['account_id'] ?? null,
      understood: true,
    });
    expect(read.effects).toEqual(effects);
  });

  it.each(OF_OTHER_PRODUCTS)('of another product asks for nothing: %s %s', (type, code) => {
    const read = translate({ webhook_type: type, webhook_code: code, item_id: 'item-1' });
    expect(read).toMatchObject({ understood: true, effects: [] });
  });

  it('is understood, whichever the official client knows of', () => {
    const all = documented();
    expect(all.length).toBeGreaterThan(70);
    const strange = all.filter((name) => {
      const [type, code] = name.split(':');
      const times = {
        disconnect_time: '2026-06-01T10:00:00Z',
        consent_expiration_time: '2026-06-01T10:00:00Z',
      };
      const body = { webhook_type: type, webhook_code: code, link_token: 'link-1', ...times };
      return !translate(body).understood;
    });
    expect(strange).toEqual([]);
  });

  it('bears unknown fields and missing ones', () => {
    for (const { body, effects } of EXAMPLES) {
      expect(translate({ ...body, a_field_of_tomorrow: [{}] }).effects).toEqual(effects);
      const { webhook_type, webhook_code } = body;
      expect(() => translate({ webhook_type, webhook_code })).not.toThrow();
    }
  });
});

describe('what nobody knows', () => {
  it.each([
    [{ webhook_type: 'TRANSACTIONS', webhook_code: 'OF_TOMORROW' }, ['changed', 'changed']],
    [{ webhook_type: 'ITEM', webhook_code: 'OF_TOMORROW' }, ['connection_changed']],
    [{ webhook_type: 'ITEM', webhook_code: 'PENDING_DISCONNECT' }, ['connection_changed']],
    [
      { webhook_type: 'ITEM', webhook_code: 'PENDING_EXPIRATION', consent_expiration_time: 'soon' },
      ['connection_changed'],
    ],
    [{ webhook_type: 'LINK', webhook_code: 'SESSION_FINISHED' }, []],
    [{ webhook_type: 'LINK', webhook_code: 'OF_TOMORROW' }, []],
    [{ webhook_type: 'OF_TOMORROW', webhook_code: 'ERROR' }, []],
    [{ webhook_type: 7, webhook_code: {} }, []],
    [{}, []],
  ])('%j is stored as such', (body, kinds) => {
    const read = translate({ ...body, item_id: 'item-1' });
    expect(read.understood).toBe(false);
    expect(read.effects.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each(['', '[]', 'null', '7', '{"a":', '\u0000'])('%j is unreadable', (text) => {
    expect(() => translateWebhook(Buffer.from(text))).toThrow(WebhookUnreadable);
  });

  it('an odd id is none', () => {
    const read = translate({ webhook_type: 'ITEM', webhook_code: 'ERROR', item_id: 'a b' });
    expect(read.providerConnectionId).toBeNull();
  });
});

it('is one with its like, byte for byte', () => {
  const body = Buffer.from('{"webhook_type":"ITEM","webhook_code":"ERROR","item_id":"item-1"}');
  const other = Buffer.concat([body, Buffer.from(' ')]);
  expect(translateWebhook(body).dedupeKey).toBe(translateWebhook(body).dedupeKey);
  expect(translateWebhook(other).dedupeKey).not.toBe(translateWebhook(body).dedupeKey);
});
