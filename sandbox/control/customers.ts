import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import { bankById } from '../institution/banks.ts';
import { createCustomer } from '../institution/create-customer.ts';
import { linkAccounts } from '../institution/link-accounts.ts';
import type { AccountPlan } from '../institution/open-accounts.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { nothing, type ControlRoutes } from './control-route.ts';
import { announcing, currency, money } from './fields.ts';
import { findCustomer, findInstitution } from './find.ts';
import { accountSummary, customerSummary, webhookSummary } from './summaries.ts';

const perAccount = {
  transactions: z.int().min(0).max(1_000_000).optional(),
  days: z.int().min(1).max(3650).optional(),
  currency: currency.optional(),
};

const account = z.strictObject({
  ...perAccount,
  name: z.string().min(1).max(200).optional(),
  type: z.enum(['Savings', 'Current']).optional(),
  balance: z.strictObject({ ledger: money, available: money.optional() }).optional(),
});

const accounts = {
  ...perAccount,
  bank: z.string().optional(),
  accounts: z.union([z.int().min(1).max(1000), z.array(account).min(1).max(1000)]).default(1),
  // Nobody has linked a new customer yet, so nobody waits for webhooks.
  webhooks: announcing.default('withhold'),
};

const newCustomer = z.strictObject({
  ...accounts,
  name: z.string().min(1).max(200).optional(),
});

const newAccounts = z.strictObject(accounts);

/** Creates and lists customers with their accounts. */
export function customerControl(route: ControlRoutes, bank: Bank): void {
  const { world } = bank;
  const accountsOf = (id: string): Account[] => world.state.accountsOf.get(id) ?? [];

  route('POST', '/control/customers', newCustomer, (input) => {
    const { id: bankId } = findInstitution(input.bank);
    const customer = createCustomer(world, input.name ?? null);
    const linked = linkAccounts(world, customer, bankId, plansOf(input));
    const webhooks = input.webhooks === 'send' ? announceLink(bank, linked) : [];
    return answer(customer.id, customer.name, bankId, linked, webhooks);
  });
  route('POST', '/control/customers/:id/accounts', newAccounts, (input, param) => {
    const customer = findCustomer(bank, param('id'));
    const { id: bankId } = findInstitution(input.bank ?? customer.logins[0]?.bankId);
    const linked = linkAccounts(world, customer, bankId, plansOf(input));
    const webhooks = input.webhooks === 'send' ? announceLink(bank, linked) : [];
    return answer(customer.id, customer.name, bankId, linked, webhooks);
  });
  route('GET', '/control/customers', nothing, () => ({
    customers: [...world.state.customers.values()].map((customer) =>
      customerSummary(customer, accountsOf(customer.id)),
    ),
  }));
  route('GET', '/control/customers/:id', nothing, (_input, param) => {
    const customer = findCustomer(bank, param('id'));
    return customerSummary(customer, accountsOf(customer.id));
  });
}

function plansOf(input: z.output<typeof newAccounts>): AccountPlan[] {
  const wanted: z.output<typeof account>[] =
    typeof input.accounts === 'number'
      ? Array.from({ length: input.accounts }, () => ({}))
      : input.accounts;
  return wanted.map((each) => ({
    transactions: each.transactions ?? input.transactions ?? 0,
    days: each.days ?? input.days ?? 90,
    currency: each.currency ?? input.currency ?? 'NGN',
    name: each.name ?? null,
    type: each.type ?? null,
    balance:
      each.balance === undefined
        ? null
        : {
            ledger: each.balance.ledger,
            available: each.balance.available ?? each.balance.ledger,
          },
  }));
}

/**
 * What the widget's link flow sends: the login, each account with its balance, then the
 * transactions.
 */
function announceLink(
  { outbox }: Bank,
  linked: { readonly accounts: readonly Account[]; readonly record: ExtractionRecord },
): Webhook[] {
  const { accounts, record } = linked;
  return [
    ...outbox.put('AUTH_SUCCESS', record, null),
    ...accounts.flatMap((each) => [
      ...outbox.put('ACCOUNTS_SUCCESS', record, each),
      ...outbox.put('BALANCE_SUCCESS', record, each),
    ]),
    ...outbox.put('INITIAL_TRANSACTIONS', record, null),
    ...outbox.put('FULL_TRANSACTIONS', record, null),
  ];
}

function answer(
  id: string,
  name: string,
  bankId: string,
  linked: { readonly accounts: readonly Account[]; readonly record: ExtractionRecord },
  webhooks: readonly Webhook[],
): object {
  return {
    customer: { id, name },
    bank: bankById(bankId),
    accounts: linked.accounts.map(accountSummary),
    record: linked.record.id,
    webhooks: webhooks.map(webhookSummary),
  };
}
