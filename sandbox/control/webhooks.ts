import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import { findLogin } from '../institution/login.ts';
import { sendCode, type Addressee } from '../webhooks/send-code.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { ControlError } from './control-error.ts';
import type { ControlRoutes } from './control-route.ts';
import { findAccount, findCustomer, findInstitution } from './find.ts';
import { webhookSummary } from './summaries.ts';
import { nothing } from './control-route.ts';

const filter = z.strictObject({
  state: z.string().optional(),
  code: z.string().optional(),
  account: z.string().optional(),
  customer: z.string().optional(),
});

const sending = z
  .strictObject({
    account: z.string().optional(),
    customer: z.string().optional(),
    bank: z.string().optional(),
    code: z.string().regex(/^[A-Z][A-Z0-9_.]{0,63}$/i, 'must be a code such as BALANCE_SUCCESS'),
    extract: z.boolean().default(true),
  })
  .refine(({ account, customer }) => (account === undefined) !== (customer === undefined), {
    path: ['account'],
    error: 'give either account or customer',
  });

const release = z.strictObject({ order: z.enum(['fifo', 'reverse', 'shuffle']).default('fifo') });

/** Shows, sends, repeats and releases webhooks. */
export function webhookControl(route: ControlRoutes, bank: Bank): void {
  const { world, outbox, deliverer } = bank;
  const find = (id: string): Webhook => {
    const webhook = world.state.webhooks.get(id);
    if (webhook === undefined) throw new ControlError(404, 'no such webhook');
    return webhook;
  };

  route('GET', '/control/webhooks', filter, (wanted) => ({
    webhooks: [...world.state.webhooks.values()]
      .filter(({ progress }) => wanted.state === undefined || progress.state === wanted.state)
      .filter(({ code }) => wanted.code === undefined || code === wanted.code)
      .filter(({ accountId }) => wanted.account === undefined || accountId === wanted.account)
      .filter(({ customerId }) => wanted.customer === undefined || customerId === wanted.customer)
      .map(webhookSummary),
  }));
  route('GET', '/control/webhooks/:id', nothing, (_input, param) => {
    const webhook = find(param('id'));
    return { ...webhookSummary(webhook), body: webhook.body };
  });
  route('POST', '/control/webhooks/send', sending, (input) => {
    const sent = addressees(bank, input).flatMap((addressee) =>
      sendCode(world, outbox, addressee, input.code, input.extract),
    );
    return { webhooks: sent.map(webhookSummary) };
  });
  route('POST', '/control/webhooks/release', release, ({ order }) => {
    const held = [...world.state.webhooks.values()].filter(
      ({ progress }) => progress.state === 'held',
    );
    const ordered = inOrder(held, order, (bound) => world.random('release').below(bound));
    for (const webhook of ordered) {
      const progress = { ...webhook.progress, state: 'waiting' } as const;
      world.apply({ op: 'webhook_progress', id: webhook.id, progress });
      deliverer.enqueue(webhook);
    }
    return { webhooks: ordered.map(webhookSummary) };
  });
  route('POST', '/control/webhooks/:id/resend', nothing, (_input, param) => ({
    webhooks: [webhookSummary(outbox.again(find(param('id'))))],
  }));
}

/** The accounts that a webhook is to be about, login by login. */
function addressees(bank: Bank, input: z.output<typeof sending>): Addressee[] {
  if (input.account !== undefined) {
    const account = findAccount(bank, input.account);
    return addresseeOf(bank, account.details.customerId, account.details.bankId, [account]);
  }
  const customer = findCustomer(bank, input.customer ?? '');
  const only = input.bank === undefined ? null : findInstitution(input.bank).id;
  const all = bank.world.state.accountsOf.get(customer.id) ?? [];
  return customer.logins
    .filter(({ bankId }) => only === null || bankId === only)
    .flatMap(({ bankId }) =>
      addresseeOf(
        bank,
        customer.id,
        bankId,
        all.filter(({ details }) => details.bankId === bankId),
      ),
    );
}

function addresseeOf(
  bank: Bank,
  customerId: string,
  bankId: string,
  accounts: readonly Account[],
): Addressee[] {
  const customer = findCustomer(bank, customerId);
  const login = findLogin(customer, bankId);
  return login === undefined ? [] : [{ customer, login, accounts }];
}

function inOrder(
  webhooks: readonly Webhook[],
  order: 'fifo' | 'reverse' | 'shuffle',
  below: (bound: number) => number,
): Webhook[] {
  if (order === 'fifo') return [...webhooks];
  if (order === 'reverse') return webhooks.toReversed();
  const left = [...webhooks];
  return webhooks.flatMap(() => left.splice(below(left.length), 1));
}
