import type {
  AccountRef,
  LinkedConnection,
  Provider,
  ProviderContext,
  ProviderTransaction,
  RejectedItem,
  TransactionsEnd,
  TransactionsQuery,
} from '../../../providers/provider.ts';
import { createMonoProvider } from '../../../providers/mono/provider.ts';
import { monoSettings, type MonoOptions } from '../../../providers/mono/settings.ts';
import { startMonoFake, type MonoFake, type MonoFakeOptions } from '../../fakes/mono/start.ts';
import type { NewAccount } from '../../fakes/mono/open-account.ts';
import type { Account } from '../../fakes/mono/types.ts';
import type { FinishOptions } from '../../fakes/mono/linking.ts';
import { testContext } from '../context.ts';

export interface Bank extends AsyncDisposable {
  readonly mono: MonoFake;
  readonly provider: Provider;
  /** A provider with other settings, at the same bank. */
  with(options: Partial<MonoOptions>): Provider;
}

/** A Mono of the test's own, and a provider that speaks to it. */
export async function startBank(
  options: Partial<MonoOptions> = {},
  fake: MonoFakeOptions = {},
): Promise<Bank> {
  const mono = await startMonoFake(fake);
  const provider = (more: Partial<MonoOptions>): Provider =>
    createMonoProvider(
      monoSettings({
        secretKey: mono.secretKey,
        webhookSecret: mono.webhookSecret,
        baseUrl: mono.url,
        redirectUrl: 'https://app.example/linked',
        jobPollMs: 5,
        jobTimeoutMs: 5_000,
        ...more,
      }),
    );
  return {
    mono,
    provider: provider(options),
    with: provider,
    [Symbol.asyncDispose]: () => mono.close(),
  };
}

export interface LinkedAccount {
  readonly connection: LinkedConnection;
  readonly ref: AccountRef;
  readonly id: string;
  readonly account: Account;
}

let sessions = 0;

/** Has a new customer link an account, through Mono's page and the code. */
export async function linkOne(
  { mono, provider }: Bank,
  wish: NewAccount = {},
  options: Omit<FinishOptions, 'accounts'> = {},
): Promise<LinkedAccount> {
  sessions += 1;
  const { url } = await start(provider, `session-${sessions}`);
  const { code, accounts } = mono.control.finishLink(url, { ...options, accounts: [wish] });
  const [account] = accounts;
  if (account === undefined) throw new Error('no account');
  const connection = await provider.link({ code }, testContext());
  const ref = { ...connection, providerAccountId: account.id };
  return { connection, ref, id: account.id, account };
}

export function start(
  provider: Provider,
  sessionId: string,
  more: Partial<Parameters<NonNullable<Provider['startLink']>>[0]> = {},
) {
  if (!provider.startLink) throw new Error('no page');
  return provider.startLink(
    {
      sessionId,
      customer: { id: 'ours-1', name: 'Ada Obi', email: 'ada@example.com' },
      webhookUrl: null,
      redirectUrl: null,
      options: {},
      connection: null,
      ...more,
    },
    testContext(),
  );
}

export interface Read {
  readonly upserts: ProviderTransaction[];
  readonly rejected: RejectedItem[];
  readonly end: TransactionsEnd;
}

/** Reads transactions to the end. */
export async function readAll(
  provider: Provider,
  account: AccountRef,
  query: TransactionsQuery = { scope: 'full' },
  options: { readonly refresh?: boolean; readonly context?: ProviderContext } = {},
): Promise<Read> {
  const { refresh = false, context = testContext() } = options;
  const pages = provider.fetchTransactions(account, query, { refresh }, context);
  const upserts: ProviderTransaction[] = [];
  const rejected: RejectedItem[] = [];
  for (;;) {
    const next = await pages.next();
    if (next.done) return { upserts, rejected, end: next.value };
    upserts.push(...next.value.upserts);
    rejected.push(...next.value.rejected);
  }
}

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It was expected to reject');
    },
    (error: unknown) => error,
  );
}
