import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { BankCustomer, TestBank } from './start-bank.ts';
import { startBank } from './start-bank.ts';
import {
  startFreshet,
  type ApiAnswer,
  type Freshet,
  type FreshetOptions,
} from './start-freshet.ts';

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

type Wanted = BankCustomer | { accounts?: unknown; transactions?: number };

/** A link that was asked for, and whose accounts may not have been found yet. */
export interface LinkAsked {
  readonly status: number;
  readonly connectionId: string;
  readonly customer: BankCustomer;
}

/** Asks for a customer of the bank to be linked; creates one where only its wishes are given. */
export async function askForLink(
  freshet: Freshet,
  bank: TestBank,
  wanted: Wanted,
  options: object = { refresh: false },
): Promise<LinkAsked> {
  const customer = 'customer' in wanted ? wanted : await bank.createCustomer(wanted);
  const { status, body } = await freshet.call('POST', '/v1/connections', {
    provider: 'okra',
    link: { customer: customer.customer.id, bank: customer.bank.id },
    ...options,
  });
  expect([201, 202]).toContain(status);
  return { status, connectionId: body.id, customer };
}

/** Waits until the accounts have been found, and tells which is which. */
export async function accountsFound(
  freshet: Freshet,
  { connectionId, customer }: LinkAsked,
  timeoutMs = 30_000,
): Promise<Linked> {
  const { accounts } = await untilFound(freshet, connectionId, timeoutMs);
  const ids = new Map<string, string>(
    accounts.map((one: { provider_account_id: string; id: string }) => [
      one.provider_account_id,
      one.id,
    ]),
  );
  const [first, ...rest] = customer.accounts.map(({ id }) => ({
    account: ids.get(id) ?? '',
    bank: id,
  }));
  if (!first) throw new Error('the customer has no account');
  return { connectionId, accounts: [first, ...rest], customer };
}

/** Links a customer of the bank; creates one where only its wishes are given. */
export async function link(
  freshet: Freshet,
  bank: TestBank,
  wanted: Wanted,
  refresh: unknown = false,
): Promise<Linked> {
  return await accountsFound(freshet, await askForLink(freshet, bank, wanted, { refresh }));
}

/** Waits until the accounts of a connection have been found; answers with it. */
export async function untilFound(
  freshet: Freshet,
  connectionId: string,
  timeoutMs = 30_000,
): Promise<ApiAnswer['body']> {
  return await eventually(
    async () => {
      const { body } = await freshet.call('GET', `/v1/connections/${connectionId}`);
      return body.status === 'linking' ? null : body;
    },
    { timeoutMs, describe: `the accounts of connection ${connectionId} to be found` },
  );
}

const isSettled = ({
  status,
  unlink_data: data,
  erased_at: erasedAt,
}: ApiAnswer['body']): boolean =>
  status !== 'linking' && status !== 'unlinking' && (data !== 'erase' || erasedAt !== null);

/**
 * The connection once what a call has asked of it is done: linking, a look at its accounts, unlinking. The
 * API answers 202 where that takes long, as it may on a busy machine.
 */
export async function whenDone(freshet: Freshet, answer: ApiAnswer): Promise<ApiAnswer['body']> {
  expect([200, 201, 202]).toContain(answer.status);
  const { id, accounts_checked_at: checkedAt } = answer.body;
  const isDone = (body: ApiAnswer['body']): boolean =>
    isSettled(body) && (!isSettled(answer.body) || body.accounts_checked_at !== checkedAt);
  if (answer.status !== 202) return answer.body;
  return await eventually(
    async () => {
      const { body } = await freshet.call('GET', `/v1/connections/${id}`);
      return isDone(body) ? body : null;
    },
    { timeoutMs: 60_000, describe: `what was asked of connection ${id} to be done` },
  );
}

/** Waits until an account shows this status in the API. */
export async function untilStatus(
  freshet: Freshet,
  accountId: string,
  status: string,
  timeoutMs = 20_000,
): Promise<void> {
  let body: ApiAnswer['body'];
  await eventually(
    async () => {
      ({ body } = await freshet.call('GET', `/v1/accounts/${accountId}`));
      return body.status === status;
    },
    { timeoutMs, describe: `account ${accountId} to be ${status}` },
  ).catch((error: unknown) => {
    const { status: is, pause_reason: reason, balance, transactions } = body;
    const codes = [balance?.error_code, transactions?.error_code];
    const found = JSON.stringify({ is, reason, codes, next: body.next_sync_at });
    throw new Error(`${(error as Error).message}: ${found}`, { cause: error });
  });
}
