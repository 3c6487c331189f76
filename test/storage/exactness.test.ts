import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeItems, startBadWire, type BadWire } from '../support/bad-wire.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';

let rig: StorageRig;
let wire: BadWire;
beforeAll(async () => {
  rig = await storageRig({
    pageSize: 50,
    wireUrl: async (bank) => {
      wire = await startBadWire(bank.url);
      return wire.url;
    },
  });
  await rig.bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
});
afterAll(async () => {
  await wire.close();
  await rig.close();
});

async function accountIn(currency: string, amount = '-1.00') {
  const [ids] = await rig.link({ accounts: [{ currency }] });
  if (!ids) throw new Error('no account');
  const { transactions } = await rig.bank.control('POST', `/accounts/${ids.bank}/transactions`, {
    amount,
    webhooks: 'withhold',
  });
  return { ...ids, transaction: transactions[0].id as string };
}

/** The amount's text as it stands in the API's answer, quotes included or not. */
function textsOf(answer: string, field: string): string[] {
  return [...answer.matchAll(new RegExp(`"${field}":("[^"]*"|[^,}]*)`, 'g'))].map(
    ([, text]) => text ?? '',
  );
}

describe('an amount that the bank holds', () => {
  it.each([
    ['NGN', '12345678901234567.89'],
    ['NGN', '-12345678901234567.89'],
    ['NGN', '0.005'],
    ['NGN', '-0.005'],
    ['NGN', '999999999999999999999999.999999'],
    ['CLF', '1234.5678'],
    ['UYW', '-0.0001'],
    ['KWD', '10.125'],
  ])('comes through to the API digit for digit: %s %s', async (currency, amount) => {
    const ids = await accountIn(currency, amount);
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    await syncNow(rig, ids.account, 'balance', { triggers: ['link'] });
    const { balance } = await rig.bank.truth(ids.bank);
    const page = await rig.get(`/v1/accounts/${ids.account}/transactions`);
    expect(textsOf(page.text, 'amount')).toEqual([`"${amount}"`]);
    expect(textsOf(page.text, 'running_balance')).toEqual([`"${balance.ledger}"`]);
    expect(page.body.data).toMatchObject([{ currency }]);
    const current = await rig.get(`/v1/accounts/${ids.account}/balance`);
    expect(textsOf(current.text, 'current')).toEqual([`"${balance.ledger}"`]);
  });
});

describe('an amount on the wire', () => {
  it.each([
    ['NGN', '0.00', '0.00'],
    ['NGN', '0', '0'],
    ['NGN', '-0', '0'],
    ['NGN', '-0.00', '0.00'],
    ['NGN', '10', '10'],
    ['NGN', '10.0', '10.0'],
    ['NGN', '10.10', '10.10'],
    ['NGN', '1.000000000000000000', '1.000000000000000000'],
    ['NGN', '"10.50"', '10.50'],
    ['NGN', '1e3', '1000'],
    ['NGN', '1.5E-7', '0.00000015'],
    ['JPY', '1500', '1500'],
    ['XOF', '655957', '655957'],
    ['CLF', '0.0000', '0.0000'],
    ['UYW', '1234567890123456.7891', '1234567890123456.7891'],
    [
      'NGN',
      '0.000000000000000000000000000000000000000001',
      '0.000000000000000000000000000000000000000001',
    ],
    [
      'NGN',
      '123456789012345678901234567890.123456789012345678901234567890',
      '123456789012345678901234567890.123456789012345678901234567890',
    ],
  ])('in %s as %s is %s in the API, money in or out', async (currency, sent, kept) => {
    const ids = await accountIn('NGN');
    for (const side of ['credit', 'debit'] as const) {
      const otherSide = side === 'credit' ? 'debit' : 'credit';
      wire.rewrite = changeItems(({ text }) =>
        text
          .replace(/"debit":[^,]*,"credit":[^,]*,/, `"${side}":${sent},"${otherSide}":null,`)
          .replace(/"currency":"[A-Z]*"/, `"currency":"${currency}"`)
          .replace(/"balance":[^,]*,/, `"balance":${sent},`),
      );
      const { transaction, bank } = ids;
      await rig.bank.control('PATCH', `/transactions/${transaction}`, { description: side });
      await syncNow(rig, ids.account, 'transaction', { full: true });
      wire.rewrite = null;
      const isZero = /^[0.]+$/.test(kept);
      const expected = side === 'debit' && !isZero ? `-${kept}` : kept;
      const page = await rig.get(`/v1/accounts/${ids.account}/transactions`);
      expect([bank, textsOf(page.text, 'amount')]).toEqual([bank, [`"${expected}"`]]);
      expect(textsOf(page.text, 'running_balance')).toEqual([`"${kept}"`]);
      expect(page.body.data).toMatchObject([{ currency, description: side }]);
    }
  });

  it.each([
    '12345678901234567.89',
    '-0.005',
    '0.00',
    '-0.00',
    '1500',
    '0.0001',
    '1234567890.123456789',
  ])('of a balance as %s comes through, fetched and told', async (sent) => {
    const ids = await accountIn('NGN');
    const spoil = (text: string): string =>
      text.replaceAll(/"(available|ledger)_balance":-?[\d.]+/g, `"$1_balance":${sent}`);
    wire.rewrite = (text, path) => (path.startsWith('balance/') ? spoil(text) : text);
    await syncNow(rig, ids.account, 'balance', { triggers: ['link'] });
    wire.rewrite = null;
    const kept = sent === '-0.00' ? '0.00' : sent;
    const texts = async () => {
      const { text } = await rig.get(`/v1/accounts/${ids.account}/balance`);
      return [...textsOf(text, 'available'), ...textsOf(text, 'current')];
    };
    expect(await texts()).toEqual([`"${kept}"`, `"${kept}"`]);

    const path = `/accounts/${ids.bank}/balance`;
    for (const [ledger, told] of [
      ['1.00', '3.14'],
      ['2.00', sent],
    ] as const) {
      const { webhooks } = await rig.bank.control('PUT', path, { ledger });
      const { body } = await rig.bank.control('GET', `/webhooks/${webhooks[0].id}`);
      const altered = body.replaceAll(
        /"(available|ledger)_balance":-?[\d.]+/g,
        `"$1_balance":${told}`,
      );
      expect(await rig.deliver(altered)).toBe(200);
      await syncNow(rig, ids.account, 'balance', { triggers: ['webhook'] });
    }
    expect(await texts()).toEqual([`"${kept}"`, `"${kept}"`]);
  });

  it('that differs only in its zeros is no change', async () => {
    const ids = await accountIn('NGN', '-10.00');
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    wire.rewrite = changeItems(({ text }) => text.replace('"debit":10.00', '"debit":10.0'));
    const counts = await syncNow(rig, ids.account, 'transaction', { full: true });
    wire.rewrite = null;
    expect(counts).toEqual({ fetched: 1, added: 0, changed: 0, removed: 0 });
  });
});

describe('text', () => {
  it.each([
    'Café — “déjà vu” ‏עברית 🏦 👩‍👩‍👧',
    "Robert'); drop table transactions;--",
    '\\u0000 \\n "quoted" {"a":[1]} %s $1 \\',
    'tab\tline\nreturn\r\u0001\u001f\u007f\u2028\ufeffend',
    'é (composed) é (decomposed)',
  ])('comes through as it is: %j', async (description) => {
    const ids = await accountIn('NGN');
    await rig.bank.control('PATCH', `/transactions/${ids.transaction}`, {
      description,
      counterparty: description,
    });
    await syncNow(rig, ids.account, 'transaction', { triggers: ['link'] });
    const page = await rig.get(`/v1/accounts/${ids.account}/transactions`);
    expect(page.body.data).toMatchObject([{ description, counterparty: description }]);
  });
});
