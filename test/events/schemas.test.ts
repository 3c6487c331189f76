import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../config/event-type.ts';
import { eventSchemas, type Document, type EventSchemas } from '../support/event-schemas.ts';

let schemas: EventSchemas;
beforeAll(async () => {
  schemas = await eventSchemas();
});

const ID = '0198c0de-0000-7000-8000-000000000001';
const TIME = '2026-03-01T12:00:00.000Z';

const balance = {
  account_id: ID,
  available: null,
  current: '-0.10',
  limit: null,
  currency: 'NGN',
  data_as_of: TIME,
  changed_at: TIME,
};

const ofBalance = {
  id: ID,
  type: 'balance.success',
  timestamp: TIME,
  account_id: ID,
  connection_id: ID,
  sequence: 7,
  sync: { id: ID, triggers: ['webhook'] },
  data: { changed: true, data_as_of: TIME, payload: 'full', balance, change_cursor: 'abc' },
};

const ofTransactions = {
  ...ofBalance,
  type: 'transaction.success',
  data: {
    changed: true,
    data_as_of: TIME,
    counts: { added: 1, changed: 0, removed: 0 },
    part: 1,
    parts: 1,
    from: TIME,
    to: TIME,
    payload: 'ids',
    transaction_ids: { added: [ID], changed: [], removed: [] },
    change_cursor: 'abc',
  },
};

const paused = {
  ...ofBalance,
  type: 'account.paused',
  sync: null,
  data: { reason: 'user' },
};

/** A copy with one thing else, by its path; undefined: without it. */
function having(body: object, path: string, value: unknown): Document {
  const copy: Document = structuredClone(body);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce((node, name) => node[name], copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const WRONG: [body: object, path: string, value: unknown][] = [
  [ofBalance, 'type', 'balance.failed'],
  [ofBalance, 'type', 'transaction.success'],
  [ofBalance, 'id', undefined],
  [ofBalance, 'id', '7'],
  [ofBalance, 'timestamp', 'yesterday'],
  [ofBalance, 'account_id', null],
  [ofBalance, 'connection_id', null],
  [ofBalance, 'sequence', '7'],
  [ofBalance, 'sequence', 0],
  [ofBalance, 'sequence', null],
  [ofBalance, 'sync', null],
  [ofBalance, 'sync.triggers', ['whim']],
  [ofBalance, 'created_at', TIME],
  [ofBalance, 'data.changed', 'yes'],
  [ofBalance, 'data.payload', 'ids'],
  [ofBalance, 'data.payload', 'some'],
  [ofBalance, 'data.balance', undefined],
  [ofBalance, 'data.balance.current', -0.1],
  [ofBalance, 'data.balance.current', '1e3'],
  [ofBalance, 'data.balance.currency', null],
  [ofBalance, 'data.change_cursor', undefined],
  [ofTransactions, 'data.payload', 'full'],
  [ofTransactions, 'data.transaction_ids', undefined],
  [ofTransactions, 'data.transaction_ids.added', ['one']],
  [ofTransactions, 'data.transaction_ids.removed', undefined],
  [ofTransactions, 'data.transactions', { added: [], changed: [], removed: [] }],
  [ofTransactions, 'data.counts.added', -1],
  [ofTransactions, 'data.part', 0],
  [ofTransactions, 'data.from', 0],
  [paused, 'sync', { id: ID, triggers: [] }],
  [paused, 'data.reason', 'reauth_required'],
  [paused, 'data', {}],
];

describe('the schemas of events', () => {
  it('take what is right', () => {
    for (const body of [ofBalance, ofTransactions, paused]) {
      expect(schemas.mistakes(body)).toBeNull();
    }
  });

  it.each(WRONG)('refuse what is wrong: %#', (body, path, value) => {
    expect(schemas.mistakes(having(body, path, value))).toEqual(expect.any(String));
  });

  it('stand in the document by type, each once, with the headers and what answers mean', () => {
    const { webhooks, components } = schemas.document;
    expect(Object.keys(webhooks)).toEqual([...EVENT_TYPES]);
    const refs = refsIn(schemas.document);
    for (const ref of refs) {
      const found = ref
        .slice(2)
        .split('/')
        .reduce((node: Document, name) => node?.[name], schemas.document);
      expect([ref, typeof found]).toEqual([ref, 'object']);
    }
    const headers = Object.values<Document>(components.parameters).map(({ name }) => name);
    expect(headers).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    for (const { post } of Object.values<Document>(webhooks)) {
      expect(post.parameters).toHaveLength(headers.length);
      expect(Object.keys(post.responses)).toEqual(['410', '429', '503', '2XX', 'default']);
    }
  });
});

function refsIn(node: Document): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(refsIn);
  return typeof node.$ref === 'string' ? [node.$ref, ...below] : below;
}
