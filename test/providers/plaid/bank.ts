import { onTestFinished } from 'vitest';
import { createPlaidProvider } from '../../../providers/plaid/provider.ts';
import { plaidSettings, type PlaidOptions } from '../../../providers/plaid/settings.ts';
import type {
  AccountRef,
  ConnectionRef,
  Provider,
  ProviderContext,
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../../../providers/provider.ts';
import type { AccountToOpen } from '../../fakes/plaid/bank/open-account.ts';
import type { PlaidFake } from '../../fakes/plaid/fake.ts';
import type { PlaidFakeOptions } from '../../fakes/plaid/start.ts';
import { plaidFake } from '../../fakes/support.ts';
import { testContext } from '../context.ts';
import { startWire, type Answer, type Wire } from '../wire.ts';

export const providerOf = (
  url: string,
  options: Partial<PlaidOptions> = {},
  now?: () => number,
): Provider =>
  createPlaidProvider(
    plaidSettings({
      clientId: 'client-id-of-a-test',
      secret: 'secret-of-a-test',
      environment: 'sandbox',
      baseUrl: url,
      ...options,
    }),
    now,
  );

export interface LinkedBank {
  readonly fake: PlaidFake;
  readonly provider: Provider;
  readonly connection: ConnectionRef;
  readonly itemId: string;
  /** The bank's accounts, in the order they were asked for. */
  readonly accounts: readonly (AccountRef & { readonly bankAccountId: string })[];
}

/** An Item at a fake of its own, and a provider that speaks to it. */
export async function linkedBank(
  asked: {
    readonly accounts?: readonly AccountToOpen[];
    readonly options?: Partial<PlaidOptions>;
    readonly institutionId?: string;
    readonly prepare?: (fake: PlaidFake) => void;
    readonly fake?: PlaidFakeOptions;
  } = {},
): Promise<LinkedBank> {
  const fake = await plaidFake(asked.fake);
  asked.prepare?.(fake);
  const login = fake.control.createLogin({
    accounts: asked.accounts ?? [{}],
    ...(asked.institutionId === undefined ? {} : { institutionId: asked.institutionId }),
  });
  const { itemId, accessToken } = fake.control.linkItem({ loginId: login.id });
  const connection = {
    providerConnectionId: itemId,
    credentials: { access_token: accessToken, item_id: itemId },
  };
  const accounts = login.accountIds.map((bankAccountId) => ({
    ...connection,
    bankAccountId,
    providerAccountId: fake.control.accountId(itemId, bankAccountId),
  }));
  return { fake, provider: providerOf(fake.url, asked.options), connection, itemId, accounts };
}

/** A provider that speaks to a server which answers as it is told, and an account of it. */
export async function scripted(
  answer: Answer,
  options: Partial<PlaidOptions> = {},
): Promise<{ readonly wire: Wire; readonly provider: Provider; readonly account: AccountRef }> {
  const wire = await startWire(answer);
  onTestFinished(() => wire[Symbol.asyncDispose]());
  return { wire, provider: providerOf(wire.url, options), account: ACCOUNT };
}

export const CONNECTION: ConnectionRef = {
  providerConnectionId: 'item-1',
  credentials: { access_token: 'access-sandbox-of-a-test', item_id: 'item-1' },
};

export const ACCOUNT: AccountRef = { ...CONNECTION, providerAccountId: 'account-1' };

export interface Read {
  readonly upserts: TransactionsPage['upserts'];
  readonly rejected: TransactionsPage['rejected'];
  readonly removed: readonly string[];
  readonly end: TransactionsEnd;
  readonly pages: number;
}

export async function readAll(
  provider: Provider,
  account: AccountRef,
  query: TransactionsQuery = { scope: 'full' },
  options: { readonly refresh?: boolean; readonly context?: ProviderContext } = {},
): Promise<Read> {
  const { refresh = false, context = testContext() } = options;
  const reading = provider.fetchTransactions(account, query, { refresh }, context);
  const pages: TransactionsPage[] = [];
  for (;;) {
    const next = await reading.next();
    if (next.done) {
      return {
        upserts: pages.flatMap(({ upserts }) => upserts),
        rejected: pages.flatMap(({ rejected }) => rejected),
        removed: pages.flatMap(({ removed }) => removed),
        end: next.value,
        pages: pages.length,
      };
    }
    pages.push(next.value);
  }
}

export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error,
  );
}
