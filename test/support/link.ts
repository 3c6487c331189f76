import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { BankCustomer, TestBank } from './start-bank.ts';
import { startBank } from './start-bank.ts';
import { startFreshet, type Freshet, type FreshetOptions } from './start-freshet.ts';

/** A Freshet and a sandbox bank that know each other. */
export async function startFreshetWithBank(
  options: FreshetOptions = {},
): Promise<{ freshet: Freshet; bank: TestBank; close(): Promise<void> }> {
  const bank = await startBank();
  const freshet = await startFreshet({
    ...options,
    okraBaseUrl: `${bank.url}/v2`,
    okraSecretKey: bank.secretKey,
    okraWebhookToken: bank.webhookToken,
  });
  await bank.sendWebhooksTo(freshet.url);
  return {
    freshet,
    bank,
    async close() {
      await bank.close();
      await freshet.close();
    },
  };
}

export interface LinkedAccount {
  readonly account: string;
  /** The bank's id of it. */
  readonly bank: string;
}

export interface Linked {
  readonly connectionId: string;
  readonly accounts: readonly [LinkedAccount, ...LinkedAccount[]];
  readonly customer: BankCustomer;
}

/** Links a customer of the bank; creates one where only its wishes are given. */
export async function link(
  freshet: Freshet,
  bank: TestBank,
  wanted: BankCustomer | { accounts?: unknown; transactions?: number },
  refresh: unknown = false,
): Promise<Linked> {
  const customer = 'customer' in wanted ? wanted : await bank.createCustomer(wanted);
  const { status, body } = await freshet.call('POST', '/v1/connections', {
    provider: 'okra',
    link: { customer: customer.customer.id, bank: customer.bank.id },
    refresh,
  });
  expect([status, body]).toEqual([201, expect.anything()]);
  const ids = new Map<string, string>(
    body.accounts.map((one: { provider_account_id: string; id: string }) => [
      one.provider_account_id,
      one.id,
    ]),
  );
  const [first, ...rest] = customer.accounts.map(({ id }) => ({
    account: ids.get(id) ?? '',
    bank: id,
  }));
  if (!first) throw new Error('the customer has no account');
  return { connectionId: body.id, accounts: [first, ...rest], customer };
}

/** Waits until an account shows this status in the API. */
export async function untilStatus(
  freshet: Freshet,
  accountId: string,
  status: string,
  timeoutMs = 20_000,
): Promise<void> {
  await eventually(
    async () => (await freshet.call('GET', `/v1/accounts/${accountId}`)).body.status === status,
    { timeoutMs, describe: `account ${accountId} to be ${status}` },
  );
}
