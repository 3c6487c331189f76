import { sql } from 'kysely';
import type { Interval } from '../../config/interval.ts';
import { accountsToRun, type AccountToRun } from '../../db/accounts/account-to-run.ts';
import { commitDiscovery } from '../../db/connections/commit-discovery.ts';
import { findCredentials } from '../../db/connections/find-credentials.ts';
import { linkConnection, newId } from '../../db/connections/link-connection.ts';
import { eachAtOnce } from './each-at-once.ts';
import type { BenchStack } from './start-bench-stack.ts';

export interface BankCustomer {
  readonly customer: { readonly id: string };
  readonly bank: { readonly id: string };
  readonly accounts: readonly { readonly id: string; readonly nuban: string }[];
}

export interface LinkedAccount {
  readonly account: AccountToRun;
  /** Of the account at the bank. */
  readonly bankAccountId: string;
  readonly customer: BankCustomer;
}

const AT_ONCE = 8;

/**
 * Accounts of the sandbox bank, each of a customer and a consent of its own, in the database as a
 * system has them that has scanned them long ago. No workflow is started.
 */
export async function linkBenchAccounts(
  stack: BenchStack,
  intervals: readonly Interval[],
  transactions: number,
): Promise<LinkedAccount[]> {
  const linked: { id: string; customer: BankCustomer }[] = [];
  await eachAtOnce(intervals, AT_ONCE, async (interval) => {
    linked.push(await linkOne(stack, interval, transactions));
  });
  await stack.db
    .updateTable('accounts')
    .set({
      balance_synced_at: sql<Date>`now()`,
      transactions_synced_at: sql<Date>`now()`,
      status: 'active',
    })
    .execute();
  await stack.db
    .updateTable('connections')
    .set({ status: 'active', linked_at: sql<Date>`now()` })
    .execute();
  const accounts = new Map(
    (await accountsToRun(stack.db).execute()).map((one) => [one.connection_id, one]),
  );
  return linked.flatMap(({ id, customer }) => {
    const account = accounts.get(id);
    const [atBank] = customer.accounts;
    return account && atBank ? [{ account, bankAccountId: atBank.id, customer }] : [];
  });
}

async function linkOne(
  { db, bank, keyRing }: BenchStack,
  interval: Interval,
  transactions: number,
): Promise<{ id: string; customer: BankCustomer }> {
  const customer = await bank<BankCustomer>('POST', '/customers', { accounts: 1, transactions });
  const credentials = { customer: customer.customer.id, bank: customer.bank.id };
  const id = await newId(db);
  await linkConnection(db, {
    id,
    provider: 'okra',
    linked: {
      providerConnectionId: `${credentials.customer}:${credentials.bank}`,
      credentials,
      institutionId: credentials.bank,
      institutionName: null,
      consentExpiresAt: null,
    },
    sealFor: (connectionId) => keyRing.seal(JSON.stringify(credentials), connectionId),
    reference: null,
    settings: { interval, products: ['balance', 'transaction'], webhook_url: null },
    replacesSettings: false,
    newAccounts: undefined,
  });
  const consent = await findCredentials(db, id);
  if (!consent) throw new Error('the connection was not stored');
  const found = customer.accounts.map((account) => ({
    providerAccountId: account.id,
    name: null,
    number: account.nuban,
    type: null,
    currency: 'NGN',
  }));
  await commitDiscovery(
    db,
    consent,
    { accounts: found },
    { smallestIntervalMs: 60_000, callsPerDay: null, tellsConsent: false },
  );
  return { id, customer };
}
