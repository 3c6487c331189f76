import { contract } from './contract.ts';
import type { Case } from './contract.ts';

const HOUR_MS = 3_600_000;

const cases =
  (known: Readonly<Record<string, string>>) =>
  (add: Case): void => {
    add('everything is as with a true clock', async (play) => {
      const { bank, link, refresh, expectTruth, untilStatus } = play;
      const { customer, account } = await link({ transactions: 5 });
      await expectTruth(account);
      const id = await bank.book(account.bank, { amount: '-11.00' });
      await bank.setBalance(account.bank, '10.01');
      await bank.announce(customer);
      await expectTruth(account);
      await bank.alter(account.bank, id, '-12.00');
      await bank.setBalance(account.bank, '10.02');
      await bank.announce(customer, 'quiet');
      await refresh(account);
      await expectTruth(account);
      await bank.remove(account.bank, id);
      await bank.setBalance(account.bank, '10.03');
      await bank.announce(customer);
      await expectTruth(account);
      await untilStatus(account, 'active');
    });

    add(
      'the end of a log-in, and the new one',
      async (play) => {
        const { bank, link, expectTruth, untilStatus } = play;
        const { customer, account } = await link({ transactions: 1 });
        await bank.endLogin(customer);
        await untilStatus(account, 'paused', 10_000);
        await bank.logIn(customer);
        await untilStatus(account, 'active');
        await bank.book(account.bank, { amount: '-13.00' });
        await bank.announce(customer);
        await expectTruth(account);
      },
      { known },
    );
  };

contract('a clock that is five hours ahead', cases({}), { skewMs: 5 * HOUR_MS });

const TAKEN_FOR_OLD =
  'a webhook that is dated before the link is taken for older than what the link found';
contract('a clock that is five hours behind', cases({ okra: TAKEN_FOR_OLD, mono: TAKEN_FOR_OLD }), {
  skewMs: -5 * HOUR_MS,
});
