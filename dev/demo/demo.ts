import { setTimeout as sleep } from 'node:timers/promises';
import { accountLabel, type ApiAccount } from '../account-labels.ts';
import { DEMO_CUSTOMERS, type DemoCustomer } from './customers.ts';
import type { JsonCall } from './json-client.ts';

/** The account that the ready block's commands speak of. */
export interface DemoAccount {
  readonly id: string;
  /** Its id at the sandbox bank. */
  readonly bankId: string;
  readonly label: string;
}

interface Connection {
  readonly id: string;
  readonly status: string;
  readonly accounts: readonly ApiAccount[];
}

interface BankCustomer {
  readonly id: string;
  readonly name: string;
  readonly logins: readonly { readonly bank: string }[];
}

/**
 * Each turn one account pays or is paid, so that each of the four hears of something every 40 s.
 */
const ACTIVITY_MS = 10_000;

const LOOK_AGAIN_MS = 500;

/**
 * Links the demo's customers, those that are not linked yet, and has the bank go on with their
 * lives.
 *
 * @param api Freshet's API, @param bank the sandbox bank's control API
 */
export async function runDemo(api: JsonCall, bank: JsonCall): Promise<DemoAccount> {
  const accounts: ApiAccount[] = [];
  for (const customer of DEMO_CUSTOMERS) {
    accounts.push(...(await linked(customer, api, bank)));
  }
  await bank('PUT', '/control/activity', {
    accounts: accounts.map((account) => account.provider_account_id),
    every_ms: ACTIVITY_MS,
    webhooks: 'send',
  });
  const [first] = accounts;
  if (first === undefined) throw new Error('The demo has no account.');
  return { id: first.id, bankId: first.provider_account_id, label: accountLabel(first) };
}

async function linked(
  customer: DemoCustomer,
  api: JsonCall,
  bank: JsonCall,
): Promise<readonly ApiAccount[]> {
  const found = await api<{ data: { id: string; status: string }[] }>(
    'GET',
    `/v1/connections?reference=${customer.reference}`,
  );
  const earlier = found.data.find(({ status }) => status !== 'unlinking' && status !== 'unlinked');
  if (earlier !== undefined) return await accountsOf(earlier.id, api);
  const login = await bankLogin(customer, bank);
  const connection = await api<Connection>('POST', '/v1/connections', {
    provider: 'okra',
    link: login,
    reference: customer.reference,
    ...(customer.refresh === undefined ? {} : { refresh: customer.refresh }),
  });
  return connection.status === 'linking'
    ? await accountsOf(connection.id, api)
    : connection.accounts;
}

/** Waits until they are found: the worker may still be on its way up. */
async function accountsOf(connectionId: string, api: JsonCall): Promise<readonly ApiAccount[]> {
  for (;;) {
    const { status, accounts } = await api<Connection>('GET', `/v1/connections/${connectionId}`);
    if (status !== 'linking') return accounts;
    await sleep(LOOK_AGAIN_MS);
  }
}

/**
 * Finds the customer at the bank, where a start before this one may have come that far, or creates
 * them.
 */
async function bankLogin(
  customer: DemoCustomer,
  bank: JsonCall,
): Promise<{ customer: string; bank: string }> {
  const { customers } = await bank<{ customers: BankCustomer[] }>('GET', '/control/customers');
  const known = customers.find(({ name }) => name === customer.name);
  const login = known?.logins[0];
  if (known !== undefined && login !== undefined) return { customer: known.id, bank: login.bank };
  const created = await bank<{ customer: { id: string }; bank: { id: string } }>(
    'POST',
    '/control/customers',
    { name: customer.name, bank: customer.bank, accounts: customer.accounts },
  );
  return { customer: created.customer.id, bank: created.bank.id };
}
