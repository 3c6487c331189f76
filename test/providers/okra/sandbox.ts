import { createOkraProvider } from '../../../providers/okra/provider.ts';
import type {
  AccountRef,
  LinkedConnection,
  Provider,
  ProviderTransaction,
  TransactionsEnd,
  TransactionsQuery,
} from '../../../providers/provider.ts';
import { startSandboxBank } from '../../../sandbox/start.ts';
import { testContext } from '../context.ts';
import { SECRET_KEY, WEBHOOK_TOKEN } from './bank.ts';

export interface Sandbox extends AsyncDisposable {
  readonly provider: Provider;
  readonly url: string;
  /** Calls the bank's control API. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** A sandbox bank of its own, and a provider that reads it in small pages. */
export async function startSandbox(): Promise<Sandbox> {
  const bank = await startSandboxBank({ secretKey: SECRET_KEY, processingMs: 30 });
  const provider = createOkraProvider({
    baseUrl: `${bank.url}/v2`,
    secretKey: SECRET_KEY,
    webhookToken: WEBHOOK_TOKEN,
    callbackPollMs: 10,
    callbackTimeoutMs: 10_000,
    pageSize: 50,
  });
  return {
    provider,
    url: bank.url,
    async control<T>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${bank.url}/control/${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    [Symbol.asyncDispose]: () => bank.close(),
  };
}

interface CreatedCustomer {
  readonly customer: { readonly id: string };
  readonly bank: { readonly id: string; readonly name: string };
  readonly accounts: readonly { readonly id: string }[];
}

export interface LinkedCustomer {
  readonly customerId: string;
  readonly bankId: string;
  readonly connection: LinkedConnection;
  readonly accounts: readonly AccountRef[];
}

/** A new customer of the bank, linked. */
export async function linkCustomer(sandbox: Sandbox, wish: object): Promise<LinkedCustomer> {
  const created = await sandbox.control<CreatedCustomer>('POST', 'customers', wish);
  const connection = await sandbox.provider.link(
    { customer: created.customer.id, bank: created.bank.id },
    testContext(),
  );
  return {
    customerId: created.customer.id,
    bankId: created.bank.id,
    connection,
    accounts: created.accounts.map(({ id }) => ({ ...connection, providerAccountId: id })),
  };
}

export interface Truth {
  readonly balance: { readonly ledger: string; readonly available: string };
  readonly transactions: readonly TruthRow[];
  readonly removed: readonly string[];
}

interface TruthRow {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
  readonly trans_date: string;
  readonly cleared_date: string | null;
  readonly description: string | null;
  readonly counterparty: string | null;
  readonly running_balance: string;
  readonly pending_id: string | null;
  readonly last_updated: string | null;
}

export function truthOf(sandbox: Sandbox, account: AccountRef): Promise<Truth> {
  return sandbox.control('GET', `accounts/${account.providerAccountId}/truth`);
}

/** The provider's rows in the words of the bank's truth. */
export function asTruth(transactions: readonly ProviderTransaction[]): TruthRow[] {
  return transactions.map((one) => ({
    id: one.providerTransactionId,
    amount: one.amount,
    currency: one.currency,
    status: one.status,
    trans_date: one.transactedAt,
    cleared_date: one.bookedAt,
    description: one.description,
    counterparty: one.counterparty,
    running_balance: one.runningBalance ?? '',
    pending_id: one.pendingProviderTransactionId,
    last_updated: one.providerUpdatedAt,
  }));
}

/** The same without the bank's internal reference, which the interface does not carry. */
export function comparable(truth: Truth): TruthRow[] {
  return truth.transactions.map((row) => {
    const { ref: _, ...rest } = row as TruthRow & { ref?: string };
    return rest;
  });
}

export interface Read {
  readonly upserts: ProviderTransaction[];
  readonly pages: number;
  readonly end: TransactionsEnd;
}

/** Reads to the end; `between` is awaited after each page. */
export async function read(
  sandbox: Sandbox,
  account: AccountRef,
  query: TransactionsQuery,
  options: { refresh?: boolean; between?: () => Promise<unknown> } = {},
): Promise<Read> {
  const reading = sandbox.provider.fetchTransactions(
    account,
    query,
    { refresh: options.refresh ?? false },
    testContext(),
  );
  const upserts: ProviderTransaction[] = [];
  for (let pages = 0; ; pages += 1) {
    const next = await reading.next();
    if (next.done) return { upserts, pages, end: next.value };
    upserts.push(...next.value.upserts);
    await options.between?.();
  }
}
