import { expect } from 'vitest';
import { contract } from './contract.ts';
import type { Play } from './stage.ts';

/** Our id and the state of each row of an account, the removed ones too, by the provider's id. */
async function rowsBy({ freshet }: Play, account: string) {
  const rows = await freshet.db
    .selectFrom('transactions')
    .where('account_id', '=', account)
    .select(['id', 'provider_transaction_id', 'status', 'removed_at'])
    .execute();
  return new Map(rows.map((row) => [row.provider_transaction_id, row]));
}

contract('what changes', (add) => {
  add('new transactions come by webhook', async ({ bank, link, expectTruth }) => {
    const { customer, account } = await link({ transactions: 5 });
    for (const amount of ['-1.10', '20.00', '-300.33']) await bank.book(account.bank, { amount });
    await bank.announce(customer);
    await expectTruth(account);
  });

  add('new transactions come by a refresh', async ({ bank, link, refresh, expectTruth }) => {
    const { customer, account } = await link({ transactions: 2 });
    await bank.book(account.bank, { amount: '-7.07' });
    await bank.announce(customer, 'quiet');
    const { status, body } = await refresh(account);
    expect([status, body.state]).toEqual([200, 'done']);
    await expectTruth(account);
  });

  add('one that changes keeps its row', async (play) => {
    const { bank, link, expectTruth } = play;
    const { customer, account } = await link({ transactions: 2 });
    const id = await bank.book(account.bank, { amount: '-10.00' });
    await bank.announce(customer);
    await expectTruth(account);
    const before = (await rowsBy(play, account.id)).get(id);
    await bank.alter(account.bank, id, '-12.50');
    await bank.announce(customer);
    await expectTruth(account);
    const after = (await rowsBy(play, account.id)).get(id);
    expect(after?.id).toBe(before?.id);
  });

  add('a balance that changes comes by webhook', async ({ bank, link, expectTruth }) => {
    const { customer, account } = await link();
    await bank.setBalance(account.bank, '4321.09');
    await bank.announce(customer);
    await expectTruth(account);
  });

  add('one that is removed is marked, and its row stays', async (play) => {
    const { bank, link, refresh, expectTruth } = play;
    const { customer, account } = await link({ transactions: 3 });
    const id = await bank.book(account.bank, { amount: '-9.99' });
    await bank.announce(customer);
    await expectTruth(account);
    await bank.remove(account.bank, id);
    await bank.announce(customer);
    await refresh(account);
    await expectTruth(account);
    expect((await rowsBy(play, account.id)).get(id)?.removed_at).not.toBeNull();
  });

  add(
    'a pending one that is booked keeps its row and its id',
    async (play) => {
      const { bank, link, expectTruth } = play;
      const { customer, account } = await link({ transactions: 2 });
      const pending = await bank.book(account.bank, { amount: '-25.00', pending: true });
      await bank.announce(customer);
      await expectTruth(account);
      const before = (await rowsBy(play, account.id)).get(pending);
      expect(before?.status).toBe('pending');

      const posted = await bank.post(account.bank, pending);
      await bank.announce(customer);
      await expectTruth(account);
      const rows = await rowsBy(play, account.id);
      expect(rows.get(posted)).toMatchObject({ id: before?.id, status: 'posted' });
      expect(rows.size).toBe(3);
    },
    { needs: ['pending'] },
  );

  add(
    'a pending one that lapses is marked as removed',
    async (play) => {
      const { bank, link, refresh, expectTruth } = play;
      const { customer, account } = await link({ transactions: 1 });
      const pending = await bank.book(account.bank, { amount: '-1.00', pending: true });
      await bank.announce(customer);
      await expectTruth(account);
      await bank.remove(account.bank, pending);
      await bank.announce(customer);
      await refresh(account);
      await expectTruth(account);
    },
    { needs: ['pending'] },
  );
});
