import { EVERYTHING, extract } from './extract.ts';
import type { Fake } from './fake.ts';
import { newCode } from './ids.ts';
import { openAccount, type NewAccount } from './open-account.ts';
import type { Account, DataStatus, Link, Part } from './types.ts';
import { connected, reauthorized, updated } from './webhooks/events.ts';
import { accountOf } from './world.ts';

const CODE_MS = 10 * 60_000;

export interface FinishOptions {
  /** Accounts by id, or new ones; one new account when not given. */
  readonly accounts?: readonly (string | NewAccount)[];
  /** What the first retrieval brings: all when not given; null leaves it under way. */
  readonly retrieve?: readonly Part[] | null;
  /** For a retrieval that brings nothing, such as UNAVAILABLE or FAILED. */
  readonly dataStatus?: DataStatus;
}

export interface Finished {
  /** What the user's browser brings back, for the first account. */
  readonly code: string;
  /** One for each account. */
  readonly codes: readonly string[];
  readonly accounts: readonly Account[];
}

/**
 * The user finishes a link: `account_connected`, and with the first retrieval `account_updated`.
 *
 * Mono's page links one account; several are one link for each as far as the webhooks go.
 */
export function finishLink(fake: Fake, urlOrRef: string, options: FinishOptions = {}): Finished {
  const link = linkOf(fake, urlOrRef, 'auth');
  const accounts = (options.accounts ?? [{}]).map((each) =>
    typeof each === 'string' ? accountOf(fake.world, each) : openAccount(fake.world, each),
  );
  for (const account of accounts) {
    account.customerId = link.customerId;
    account.ref = link.ref;
    account.linked = true;
    account.reauthRequired = false;
    account.dataStatus = 'PROCESSING';
    fake.webhooks.send(connected(account));
    firstRetrieval(fake, account, options);
  }
  const codes = accounts.map((account) => codeFor(fake, account));
  return { code: codes[0] ?? '', codes, accounts };
}

/** The user logs in again: `account_reauthorized`, then `account_updated`. */
export function finishReauth(
  fake: Fake,
  urlOrRef: string,
  options: Omit<FinishOptions, 'accounts'> = {},
): Account {
  const link = linkOf(fake, urlOrRef, 'reauth');
  const account = accountOf(fake.world, link.accountId ?? '');
  account.ref = link.ref ?? account.ref;
  account.reauthRequired = false;
  account.session = null;
  fake.webhooks.send(reauthorized(account));
  account.dataStatus = 'PROCESSING';
  firstRetrieval(fake, account, options);
  return account;
}

function firstRetrieval(
  fake: Fake,
  account: Account,
  { retrieve = EVERYTHING, dataStatus }: FinishOptions,
): void {
  if (retrieve === null) return;
  extract(fake.world, account, retrieve);
  if (dataStatus !== undefined) account.dataStatus = dataStatus;
  else if (retrieve.length === 0) account.dataStatus = 'UNAVAILABLE';
  fake.webhooks.send(updated(fake.world, account));
}

function linkOf({ world }: Fake, urlOrRef: string, scope: Link['scope']): Link {
  const found = [...world.links.values()]
    .filter((link) => link.scope === scope)
    .findLast(({ url, ref }) => url === urlOrRef || ref === urlOrRef);
  if (found === undefined) throw new Error(`the fake of Mono has no ${scope} link ${urlOrRef}`);
  return found;
}

/** A code for the account, as the user's browser brings it back. */
export function codeFor({ world }: Fake, account: Account): string {
  const code = newCode();
  world.codes.set(code, {
    accountId: account.id,
    expiresAt: world.now() + CODE_MS,
    used: false,
  });
  return code;
}
