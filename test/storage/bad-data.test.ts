import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeItems, startBadWire, type BadWire } from '../support/bad-wire.ts';
import { asMirrored, mirrorOf } from '../support/mirror.ts';
import { storageRig, type RigAccount, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';

let rig: StorageRig;
let wire: BadWire;
let ids: RigAccount;
/** The bank's id of the item that is spoilt. */
let bad: string;
beforeAll(async () => {
  rig = await storageRig({
    pageSize: 5,
    wireUrl: async (bank) => {
      wire = await startBadWire(bank.url);
      return wire.url;
    },
  });
});
afterAll(async () => {
  await wire.close();
  await rig.close();
});
beforeEach(async () => {
  const [linked] = await rig.link({ accounts: [{ transactions: 9, days: 5 }] });
  if (!linked) throw new Error('no account');
  ids = linked;
  const truth = await rig.bank.truth(ids.bank);
  bad = truth.transactions[6]?.id ?? '';
});
afterEach(() => {
  wire.rewrite = null;
});

const sync = (full = true) => syncNow(rig, ids.account, 'transaction', { full });

async function standing() {
  const { rows } = await sql`
    select id from current_transactions where account_id = ${ids.account}`.execute(rig.db);
  return rows;
}

async function expectTransactions() {
  const { transactions } = await mirrorOf(rig.db, ids.account);
  expect(transactions).toEqual(asMirrored(await rig.bank.truth(ids.bank)).transactions);
}

async function quarantine(raw = false) {
  const path = `/v1/quarantine?account_id=${ids.account}&include_raw=${raw}&limit=50`;
  const { status, body } = await rig.get(path);
  expect(status).toBe(200);
  return body.data as { provider_id: string | null; reason: string; raw?: string }[];
}

/** Spoils the one item, on whichever page it comes. */
function spoil(change: (text: string) => string | readonly string[]): void {
  wire.rewrite = changeItems(({ id, text }) => (id === bad ? change(text) : text));
}

const field = (name: string, value: string) => (text: string) =>
  text.replace(new RegExp(`"${name}":("([^"\\\\]|\\\\.)*"|[^,}]*)`), `"${name}":${value}`);
const amounts = (debit: string, credit: string) => (text: string) =>
  text.replace(/"debit":[^,]*,"credit":[^,]*,/, `"debit":${debit},"credit":${credit},`);
const withoutId = (text: string): string => text.replace(/"_id":"[^"]*","id":"[^"]*",/, '');

const LONG = 10 * 1024 * 1024;

type Case = readonly [
  what: string,
  reason: string,
  spoil: (text: string) => string,
  keepsId: boolean,
];

const cases: readonly Case[] = [
  ['has no id', 'invalid_transaction_id', withoutId, false],
  [
    'has an empty id',
    'invalid_transaction_id',
    (text) => field('_id', '""')(field('id', '""')(text)),
    false,
  ],
  [
    'has a number with a space for an id',
    'invalid_transaction_id',
    (text) => field('_id', '"1 2"')(text),
    true,
  ],
  [
    'has an id of 65 characters',
    'invalid_transaction_id',
    (text) => field('_id', `"${'x'.repeat(65)}"`)(withoutId(text).replace('{', '{"_id":0,')),
    false,
  ],
  ['has a currency that nobody knows', 'unknown_currency', field('currency', '"ZZZ"'), true],
  ['has words for a currency', 'invalid_transaction_currency', field('currency', '"naira"'), true],
  ['has words for an amount', 'invalid_transaction_debit', amounts('"ten naira"', 'null'), true],
  ['has a comma in its amount', 'invalid_transaction_credit', amounts('null', '"1,234.50"'), true],
  [
    'has an object for an amount',
    'invalid_transaction_debit',
    amounts('{"value":"1"}', 'null'),
    true,
  ],
  [
    'has an amount of a hundred digits',
    'invalid_transaction_debit',
    amounts('9'.repeat(100), 'null'),
    true,
  ],
  ['has no amount', 'invalid_transaction_amount', amounts('null', 'null'), true],
  ['has two amounts', 'invalid_transaction_amount', amounts('1.00', '2.00'), true],
  [
    'has a date that does not exist',
    'invalid_transaction_trans_date',
    field('trans_date', '"2026-02-30T10:00:00.000Z"'),
    true,
  ],
  [
    'has words for a date',
    'invalid_transaction_trans_date',
    field('trans_date', '"yesterday"'),
    true,
  ],
  [
    'has a date far out',
    'date_out_of_range',
    field('trans_date', '"9999-12-31T00:00:00.000Z"'),
    true,
  ],
  ['has no date', 'invalid_transaction_trans_date', field('trans_date', 'null'), true],
  [
    'was booked on a date that does not exist',
    'invalid_transaction_cleared_date',
    field('cleared_date', '"2026-13-01"'),
    true,
  ],
  [
    'has a description of 10 MB',
    'description_too_long',
    field('desc', `"${'x'.repeat(LONG)}"`),
    true,
  ],
  [
    'has a counterparty of 20,001 characters',
    'counterparty_too_long',
    field('benefactor', `"${'x'.repeat(20_001)}"`),
    true,
  ],
  [
    'has 2 MB of what nobody asked for',
    'too_large',
    field('ref', `"${'x'.repeat(2_000_000)}"`),
    true,
  ],
  [
    'has a lone surrogate in its description',
    'description_not_text',
    field('desc', '"a\\ud83cb"'),
    true,
  ],
  [
    'has a lone surrogate in its counterparty',
    'counterparty_not_text',
    field('benefactor', '"\\udc00"'),
    true,
  ],
  [
    'has a list for a description',
    'invalid_transaction_notes',
    (text) => text.replace(/"notes":\{[^}]*\}/, '"notes":["a"]'),
    true,
  ],
  ['has a NUL in its description', 'description_not_text', field('desc', '"a\\u0000b"'), true],
  [
    'has a NUL in its counterparty',
    'counterparty_not_text',
    field('benefactor', '"\\u0000"'),
    true,
  ],
  ['is a word', 'invalid_transaction', () => '"transaction"', false],
  ['is null', 'invalid_transaction', () => 'null', false],
];

/** One that the parser itself must give up on. */
const unmet: readonly Case[] = [
  ['is nested 5,000 deep', 'too_deep', field('ref', '['.repeat(5_000) + ']'.repeat(5_000)), true],
];

async function expectSetApart(...[, reason, change, keepsId]: Case): Promise<void> {
  spoil(change);
  expect(await sync()).toMatchObject({ fetched: 9, added: 8, removed: 0 });
  expect(await standing()).toHaveLength(8);
  expect(await quarantine()).toMatchObject([{ provider_id: keepsId ? bad : null, reason }]);
  const syncs = await rig.get(`/v1/accounts/${ids.account}/syncs`);
  expect(syncs.body.data[0]).toMatchObject({ status: 'succeeded', fetched: 9, added: 8 });

  // Again: still one item, still apart.
  expect(await sync(false)).toMatchObject({ added: 0, changed: 0, removed: 0 });
  expect(await quarantine()).toHaveLength(1);

  wire.rewrite = null;
  expect(await sync()).toMatchObject({ fetched: 9, added: 1, changed: 0, removed: 0 });
  expect(await quarantine()).toEqual([]);
  await expectTransactions();
}

describe('an item that cannot be taken', () => {
  it.each(cases)('since it %s is set apart, and taken when it is mended', expectSetApart);

  it.each(unmet)('since it %s is set apart, and taken when it is mended', expectSetApart);

  it('is not removed when it was known before, nor changed', async () => {
    await sync();
    await rig.bank.control('PATCH', `/transactions/${bad}`, { amount: '-3.33' });
    spoil(field('trans_date', '"2026-02-30"'));
    expect(await sync()).toMatchObject({ added: 0, changed: 0, removed: 0 });
    expect(await standing()).toHaveLength(9);
    expect(await quarantine()).toMatchObject([{ provider_id: bad }]);
    wire.rewrite = null;
    expect(await sync(false)).toMatchObject({ changed: 1 });
    expect(await quarantine()).toEqual([]);
    await expectTransactions();
  });

  it('without an id keeps every absent one from being removed', async () => {
    await sync();
    const truth = await rig.bank.truth(ids.bank);
    await rig.bank.control('DELETE', `/transactions/${truth.transactions[0]?.id}`, {
      webhooks: 'withhold',
    });
    spoil(withoutId);
    expect(await sync()).toMatchObject({ removed: 0 });
    expect(await standing()).toHaveLength(9);
    wire.rewrite = null;
    expect(await sync()).toMatchObject({ removed: 1 });
    expect(await quarantine()).toEqual([]);
    await expectTransactions();
  });

  it('that comes twice in one page, different, is apart until one is left', async () => {
    spoil((text) => [text, amounts('1.00', 'null')(text)]);
    expect(await sync()).toMatchObject({ fetched: 10, added: 8 });
    const held = await quarantine(true);
    expect(held).toMatchObject([
      { provider_id: bad, reason: 'ambiguous_duplicate' },
      { provider_id: bad, reason: 'ambiguous_duplicate' },
    ]);
    expect(held.some(({ raw }) => raw?.includes('"debit":1.00'))).toBe(true);
    wire.rewrite = null;
    expect(await sync()).toMatchObject({ added: 1 });
    expect(await quarantine()).toEqual([]);
    await expectTransactions();
  });

  it('that comes twice in one page, the same, is one', async () => {
    spoil((text) => [text, text]);
    expect(await sync()).toMatchObject({ fetched: 10, added: 9 });
    expect(await quarantine()).toEqual([]);
    await expectTransactions();
  });

  it('leaves quarantine when the bank removes it', async () => {
    spoil(field('currency', '"ZZZ"'));
    await sync();
    await rig.bank.control('DELETE', `/transactions/${bad}`, { webhooks: 'withhold' });
    await sync();
    expect(await quarantine()).toEqual([]);
  });

  it('is one of many: every item of a read can be set apart', async () => {
    wire.rewrite = changeItems(({ text }) => field('currency', '"ZZZ"')(text));
    expect(await sync()).toMatchObject({ fetched: 9, added: 0 });
    expect(await quarantine()).toHaveLength(9);
    wire.rewrite = null;
    expect(await sync()).toMatchObject({ added: 9 });
    expect(await quarantine()).toEqual([]);
  });

  it('keeps at most 64 KiB of its text, which can be stored', async () => {
    spoil(field('desc', `"\\ud83d\\u0000${'🏦'.repeat(40_000)}"`));
    await sync();
    const [held] = await quarantine(true);
    expect(held?.raw?.length).toBeLessThanOrEqual(64 * 1024);
    expect(held?.raw).toContain(bad);
  });
});

describe('an odd item that can be taken', () => {
  it.each<[string, (text: string) => string]>([
    [
      'has fields that nobody knows',
      (text) => text.replace('{', '{"__proto__":{"a":1},"x":[1,{"y":2}],'),
    ],
    ['has NULs and lone surrogates where nobody reads', field('ref', '"\\u0000\\ud800"')],
    [
      'is nested a hundred deep where nobody reads',
      field('ref', '['.repeat(100) + ']'.repeat(100)),
    ],
    [
      'holds numbers that no JavaScript number can',
      field('ref', '123456789012345678901234567890.5e-400'),
    ],
    ['has a field twice', (text) => text.replace('{', '{"notes":{"desc":"first"},')],
  ])('%s', async (_, change) => {
    spoil(change);
    expect(await sync()).toMatchObject({ fetched: 9, added: 9 });
    expect(await quarantine()).toEqual([]);
    await expectTransactions();
  });

  it('keeps the bank’s own text of it, character for character', async () => {
    let sent = '';
    spoil((text) => (sent = text.replace('{', '{ "odd" : 1.10e2 ,')));
    await sync();
    const row = await rig.db
      .selectFrom('transactions')
      .where('provider_transaction_id', '=', bad)
      .select((eb) => eb.cast<string>('raw', 'text').as('raw'))
      .executeTakeFirstOrThrow();
    expect(row.raw).toBe(sent);
  });
});

describe('an answer that is too large to be read', () => {
  it('fails that sync alone, with what it was, and changes nothing', async () => {
    await sync();
    spoil(field('desc', `"${'x'.repeat(33 * 1024 * 1024)}"`));
    await expect(sync()).rejects.toMatchObject({ kind: 'bug', code: 'response_too_large' });
    wire.rewrite = null;
    await expectTransactions();
  });
});
