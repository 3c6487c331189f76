import { expect } from 'vitest';
import { contract } from './contract.ts';
import type { RelayedWebhook } from './relay.ts';
import type { Linked, Play } from './stage.ts';

/** The webhooks of one booking and one balance, kept back. */
async function keptBack(
  { bank, relay, newWebhooks, settled }: Play,
  { customer, account }: Linked,
  amount: string,
): Promise<readonly RelayedWebhook[]> {
  const pass = relay.hold(customer.mark);
  const before = relay.seen(customer.mark).length;
  await bank.book(account.bank, { amount });
  await bank.setBalance(account.bank, amount.replace('-', ''));
  await bank.announce(customer);
  await newWebhooks(customer, before);
  await settled(() => relay.seen(customer.mark).length);
  pass();
  return relay.seen(customer.mark).slice(before);
}

async function syncsOf({ freshet }: Play, { account }: Linked): Promise<number> {
  const path = `/v1/accounts/${account.id}/syncs?limit=500`;
  return (await freshet.call('GET', path)).body.data.length;
}

/** Which rows there are, and when each was last changed. */
async function changesOf({ freshet }: Play, { account }: Linked): Promise<unknown> {
  return await freshet.db
    .selectFrom('transactions')
    .where('account_id', '=', account.id)
    .select(['id', 'sync_run_id'])
    .orderBy('id')
    .execute();
}

contract('duplicate and reordered webhooks', (add) => {
  add('one that comes again, and ten times at once, changes nothing', async (play) => {
    const { freshet, link, relay, expectTruth, quiet } = play;
    const linked = await link({ transactions: 2 });
    const webhooks = await keptBack(play, linked, '-5.00');
    for (const webhook of webhooks) {
      expect(await relay.pass(webhook)).toBe(200);
      expect(await relay.pass(webhook)).toBe(200);
    }
    await quiet(linked);
    await expectTruth(linked.account);
    const changes = () => changesOf(play, linked);
    const before = await changes();
    const syncs = await syncsOf(play, linked);
    for (const webhook of webhooks) {
      const again = await Promise.all(Array.from({ length: 10 }, () => relay.pass(webhook)));
      expect(new Set(again)).toEqual(new Set([200]));
    }
    await quiet(linked);
    await expectTruth(linked.account);
    expect(await changes()).toEqual(before);
    // They become one where they can: never one for each.
    expect((await syncsOf(play, linked)) - syncs).toBeLessThan(10 * webhooks.length);
    expect(freshet.worker().exit()).toBeUndefined();
  });

  add(
    'ten of the same at once are stored once',
    async (play) => {
      const { link, relay, expectTruth, quiet, stored } = play;
      const linked = await link({ transactions: 1 });
      const webhooks = await keptBack(play, linked, '-6.00');
      const before = await stored();
      for (const webhook of webhooks) {
        await Promise.all(Array.from({ length: 10 }, () => relay.pass(webhook)));
      }
      await quiet(linked);
      await expectTruth(linked.account);
      expect((await stored()) - before).toBeLessThanOrEqual(webhooks.length);
    },
    { needs: ['names its webhooks'] },
  );

  add('those of two changes, in reverse, end in the truth', async (play) => {
    const { link, relay, expectTruth, quiet } = play;
    const linked = await link({ transactions: 2 });
    const older = await keptBack(play, linked, '-1.00');
    const newer = await keptBack(play, linked, '-2.00');
    for (const webhook of [...older, ...newer].toReversed()) {
      expect(await relay.pass(webhook)).toBe(200);
    }
    await quiet(linked);
    await expectTruth(linked.account);
  });

  add('an old one after what is newer was read changes nothing', async (play) => {
    const { bank, link, relay, refresh, expectTruth, quiet } = play;
    const linked = await link({ transactions: 2 });
    const old = await keptBack(play, linked, '-1.00');
    await bank.book(linked.account.bank, { amount: '-3.00' });
    await bank.setBalance(linked.account.bank, '55.55');
    await bank.announce(linked.customer, 'quiet');
    await refresh(linked.account);
    await expectTruth(linked.account);
    for (const webhook of old) expect(await relay.pass(webhook)).toBe(200);
    await quiet(linked);
    await expectTruth(linked.account);
  });

  add('the end of a log-in that is told after the new one leaves it active', async (play) => {
    const { bank, link, relay, quiet, untilStatus, newWebhooks, settled, expectTruth } = play;
    const linked = await link({ transactions: 1 });
    const { customer, account } = linked;
    const pass = relay.hold(customer.mark);
    const before = relay.seen(customer.mark).length;
    await bank.endLogin(customer);
    await newWebhooks(customer, before);
    const between = relay.seen(customer.mark).length;
    await bank.logIn(customer);
    await newWebhooks(customer, between);
    await settled(() => relay.seen(customer.mark).length);
    pass();
    for (const webhook of relay.seen(customer.mark).slice(before).toReversed()) {
      expect(await relay.pass(webhook)).toBe(200);
    }
    await quiet(linked);
    await untilStatus(account, 'active');
    await bank.book(account.bank, { amount: '8.00' });
    await bank.announce(customer);
    await expectTruth(account);
    await untilStatus(account, 'active');
  });
});

const refused = async (play: Play, webhook: RelayedWebhook): Promise<void> => {
  const before = await play.stored();
  expect(await play.relay.pass(webhook)).toBe(401);
  expect(await play.stored()).toBe(before);
};
const proofOf = ({ bank }: Play, { headers }: RelayedWebhook): string =>
  headers[bank.proofHeader] ?? '';

contract('forged webhooks', (add) => {
  add('without a proof: 401, and the true one is still taken', async (play) => {
    const linked = await play.link({ transactions: 1 });
    const webhooks = await keptBack(play, linked, '-5.00');
    for (const webhook of webhooks) {
      const { [play.bank.proofHeader]: proof, ...headers } = webhook.headers;
      expect(proof).toBeTypeOf('string');
      await refused(play, { ...webhook, headers });
    }
    for (const webhook of webhooks) expect(await play.relay.pass(webhook)).toBe(200);
    await play.expectTruth(linked.account);
  });

  add('with a wrong proof: 401', async (play) => {
    const linked = await play.link();
    const [webhook] = await keptBack(play, linked, '-5.00');
    if (!webhook) throw new Error('no webhook came');
    const proof = proofOf(play, webhook);
    const wrong = [
      'x',
      proof.slice(0, -1),
      `${proof}x`,
      proof.toUpperCase(),
      `${proof.slice(0, -9)}${proof.slice(-9).split('').toReversed().join('')}`,
    ];
    for (const one of wrong) {
      const headers = { ...webhook.headers, [play.bank.proofHeader]: one };
      await refused(play, { ...webhook, headers });
    }
  });

  add(
    'with a changed body: 401',
    async (play) => {
      const linked = await play.link();
      const [webhook] = await keptBack(play, linked, '-5.00');
      if (!webhook) throw new Error('no webhook came');
      for (const body of [`${webhook.body} `, webhook.body.replace('{', '{"a":1,'), '{}', '']) {
        await refused(play, { ...webhook, body });
      }
    },
    { needs: ['proof of the body'] },
  );

  add(
    'with a proof that has run out: 401',
    async (play) => {
      const linked = await play.link();
      const [webhook] = await keptBack(play, linked, '-5.00');
      if (!webhook) throw new Error('no webhook came');
      const expired = await play.bank.expired(webhook);
      expect(expired.length).toBeGreaterThan(1);
      for (const one of expired) await refused(play, one);
    },
    { needs: ['expiring proof'] },
  );
});
