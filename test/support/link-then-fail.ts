import { eventually } from './eventually.ts';
import type { BankCustomer, TestBank } from './start-bank.ts';
import type { ApiAnswer, Freshet } from './start-freshet.ts';

/** The bank's way of telling which accounts there are. */
export const READ_ACCOUNTS = 'accounts/getByCustomer';

/** What `POST /v1/connections` takes to link a customer of the bank. */
export const linkBody = (made: Pick<BankCustomer, 'customer' | 'bank'>) => ({
  provider: 'okra',
  link: { customer: made.customer.id, bank: made.bank.id },
  refresh: false,
});

/**
 * Asks for a link at which the bank answers the link's own read, and none after it. Answers with the call
 * and what ends the fault.
 */
export async function linkThenFail(
  freshet: Freshet,
  bank: TestBank,
  made: BankCustomer,
  kind: '500' | 'login_required',
): Promise<{ posted: Promise<ApiAnswer>; heal(): Promise<void> }> {
  const customer = made.customer.id;
  const slow = { endpoint: READ_ACCOUNTS, kind: 'latency', latency_ms: 300, customer };
  const endLatency = await bank.fault(slow);
  await bank.forgetCalls();
  const posted = freshet.call('POST', '/v1/connections', linkBody(made));
  await eventually(async () => ((await bank.calls())[READ_ACCOUNTS] ?? 0) >= 1, { everyMs: 10 });
  const endFailure = await bank.fault({ endpoint: READ_ACCOUNTS, kind, customer });
  return {
    posted,
    async heal() {
      await endLatency();
      await endFailure();
    },
  };
}

/** The connection that was stored for a customer of the bank; undefined before it is. */
export async function storedFor(
  freshet: Freshet,
  made: BankCustomer,
): Promise<{ id: string } | undefined> {
  return await freshet.db
    .selectFrom('connections')
    .where('provider_connection_id', 'like', `${made.customer.id}:%`)
    .select('id')
    .executeTakeFirst();
}
