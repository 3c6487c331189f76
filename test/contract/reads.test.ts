import { expect } from 'vitest';
import { contract } from './contract.ts';
import { rowsOf } from './table.ts';

contract('link and full scan', (add) => {
  add('a link finds the account and scans it', async ({ bank, link, expectTruth, account }) => {
    const linked = await link({ transactions: 3 });
    await expectTruth(linked.account);
    const shown = await account(linked.account.id);
    expect(shown).toMatchObject({ provider: bank.name, status: 'active' });
  });

  add(
    'a link finds each account of the consent',
    async ({ link, expectTruth }) => {
      const { accounts } = await link({ accounts: 3, transactions: 2 });
      for (const account of accounts) await expectTruth(account);
    },
    { needs: ['several accounts'] },
  );

  add('a link that is malformed, or of nobody, is refused', async ({ bank, freshet }) => {
    for (const link of [{}, 'x', null, { nothing: 'known' }]) {
      const answer = await freshet.call('POST', '/v1/connections', { provider: bank.name, link });
      expect(answer.status).toBe(400);
    }
  });

  add('a scan of several pages holds everything', async ({ bank, link, expectTruth, freshet }) => {
    await bank.pagesOf(20);
    const linked = await link({ transactions: 105 });
    await bank.pagesOf(null);
    await expectTruth(linked.account);
    expect(await rowsOf(freshet.db, linked.account.id)).toHaveLength(105);
  });

  add('amounts are exact, money in is positive', async ({ bank, link, expectTruth, freshet }) => {
    const linked = await link({ balance: '900719925474.99' });
    const account = linked.account.bank;
    const out = await bank.book(account, { amount: '-90071992547.43', description: 'Out' });
    const into = await bank.book(account, { amount: '0.01', description: 'In' });
    await bank.announce(linked.customer);
    await expectTruth(linked.account);
    const path = `/v1/accounts/${linked.account.id}/transactions`;
    const { body } = await freshet.call('GET', path);
    const amounts = new Map(
      body.data.map((one: { provider_transaction_id: string; amount: string }) => [
        one.provider_transaction_id,
        one.amount,
      ]),
    );
    expect([amounts.get(out), amounts.get(into)]).toEqual(['-90071992547.43', '0.01']);
  });

  add(
    'the balance after each transaction is exact',
    async ({ bank, link, expectTruth, freshet }) => {
      const linked = await link({ balance: '12345678901.89' });
      await bank.book(linked.account.bank, { amount: '-0.01' });
      await bank.announce(linked.customer);
      await expectTruth(linked.account);
      const [row] = await rowsOf(freshet.db, linked.account.id);
      expect(row?.runningBalance).not.toBeNull();
    },
    { needs: ['running balance'] },
  );
});
