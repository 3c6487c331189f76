import { sql } from 'kysely';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { whenDone } from '../support/link.ts';
import { contract } from './contract.ts';
import { rowsOf } from './table.ts';

contract('re-authentication', (add) => {
  add('told by webhook: the account pauses, and goes on after the new log-in', async (play) => {
    const { bank, link, account: shown, connection, untilStatus, expectTruth } = play;
    const { customer, account, connectionId } = await link({ transactions: 2 });
    await bank.endLogin(customer);
    await untilStatus(account, 'paused');
    expect((await shown(account.id)).pause_reason).toBe('reauth_required');
    await eventually(async () => (await connection(connectionId)).status === 'reauth_required');

    await bank.book(account.bank, { amount: '-6.60' });
    await bank.logIn(customer);
    await untilStatus(account, 'active');
    await bank.announce(customer);
    await expectTruth(account);
    expect((await connection(connectionId)).status).toBe('active');
  });

  add(
    'found by a read: the account pauses',
    async ({ bank, link, refresh, account: shown, untilStatus }) => {
      const { customer, account } = await link({ transactions: 2 });
      await bank.endLogin(customer, 'quiet');
      await refresh(account);
      await untilStatus(account, 'paused');
      expect((await shown(account.id)).pause_reason).toBe('reauth_required');
    },
    { needs: ['reauth by reading'] },
  );

  add('told by the operator: it goes on where the webhook was lost', async (play) => {
    const { bank, freshet, link, untilStatus, expectTruth } = play;
    const { customer, account, connectionId } = await link({ transactions: 2 });
    await bank.endLogin(customer);
    await untilStatus(account, 'paused');
    await bank.logIn(customer, 'quiet');
    await bank.book(account.bank, { amount: '-1.25' });
    await bank.announce(customer, 'quiet');
    const answer = await freshet.call('POST', `/v1/connections/${connectionId}/reauthorized`);
    expect([200, 202]).toContain(answer.status);
    await untilStatus(account, 'active');
    await expectTruth(account);
  });

  add(
    'told by nobody: it goes on once the provider is asked',
    async ({ bank, freshet, link, untilStatus, expectTruth }) => {
      const { customer, account, connectionId } = await link({ transactions: 2 });
      await bank.endLogin(customer);
      await untilStatus(account, 'paused');
      await bank.logIn(customer, 'quiet');
      await bank.book(account.bank, { amount: '-1.75' });
      await bank.announce(customer, 'quiet');
      // That is done once an hour.
      await freshet.db
        .updateTable('connections')
        .set({ accounts_checked_at: sql<Date>`accounts_checked_at - interval '1 hour'` })
        .where('id', '=', connectionId)
        .execute();
      await untilStatus(account, 'active');
      await expectTruth(account);
    },
    { needs: ['recovery by reading'] },
  );

  add('a consent that the customer withdraws pauses the account', async (play) => {
    const { bank, link, account: shown, untilStatus, connection } = play;
    const { customer, account, connectionId } = await link({ transactions: 2 });
    await bank.revoke(customer);
    await untilStatus(account, 'paused');
    expect((await shown(account.id)).pause_reason).toBe('provider_error');
    await eventually(async () => (await connection(connectionId)).status === 'gone');
  });
});

contract('unlink', (add) => {
  add('withdraws the consent at the bank, and keeps the data', async (play) => {
    const { bank, freshet, link, relay } = play;
    const { customer, account, connectionId } = await link({ transactions: 4 });
    await bank.announce(customer);
    expect(await bank.isUnlinked(customer)).toBe(false);
    const answer = await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    expect((await whenDone(freshet, answer)).status).toBe('unlinked');
    expect(await bank.isUnlinked(customer)).toBe(true);

    const rows = await rowsOf(freshet.db, account.id);
    expect(rows).toHaveLength(4);
    const refused = await freshet.call('POST', `/v1/accounts/${account.id}/refresh`);
    expect([refused.status, refused.body.code]).toEqual([409, 'account_unlinked']);
    const before = (await bank.calls(customer)).length;
    for (const webhook of relay.seen(customer.mark)) {
      expect(await relay.pass(webhook)).toBe(200);
    }
    expect(await rowsOf(freshet.db, account.id)).toEqual(rows);
    expect((await bank.calls(customer)).length).toBe(before);
  });

  add('succeeds where the customer has withdrawn the consent', async (play) => {
    const { bank, freshet, link } = play;
    const { customer, connectionId } = await link({ transactions: 1 });
    await bank.revoke(customer, 'quiet');
    const answer = await freshet.call('DELETE', `/v1/connections/${connectionId}`);
    expect((await whenDone(freshet, answer)).status).toBe('unlinked');
  });
});
