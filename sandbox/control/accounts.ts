import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { setBalance } from '../institution/set-balance.ts';
import { truthOf } from '../institution/truth.ts';
import { announceChange } from '../webhooks/announce.ts';
import { nothing, type ControlRoutes } from './control-route.ts';
import { announcing, money } from './fields.ts';
import { findAccount } from './find.ts';
import { accountSummary, webhookSummary } from './summaries.ts';

const balance = z.strictObject({
  ledger: money,
  available: money.optional(),
  webhooks: announcing.default('send'),
});

const what = z.strictObject({ transactions: z.enum(['true', 'false']).default('true') });

/** Shows accounts, tells the truth of them, and sets their balances. */
export function accountControl(route: ControlRoutes, bank: Bank): void {
  const { world, outbox } = bank;

  route('GET', '/control/accounts/:id', nothing, (_input, param) =>
    accountSummary(findAccount(bank, param('id'))),
  );
  route('GET', '/control/accounts/:id/truth', what, (input, param) =>
    truthOf(findAccount(bank, param('id')), { transactions: input.transactions === 'true' }),
  );
  route('PUT', '/control/accounts/:id/balance', balance, (input, param) => {
    const account = findAccount(bank, param('id'));
    const { ledger } = input;
    setBalance(world, account, { ledger, available: input.available ?? ledger });
    const sent =
      input.webhooks === 'send'
        ? announceChange(world, outbox, account, { balance: 'always' })
        : [];
    return { account: accountSummary(account), webhooks: sent.map(webhookSummary) };
  });
}
