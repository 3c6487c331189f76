import type { LosslessJson } from '../json.ts';
import type { ProviderBalance, ProviderContext, Timestamp } from '../provider.ts';
import { accountsIn } from './accounts.ts';
import type { PlaidAnswer, PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';
import { plaidError } from './errors.ts';
import { assertConsent } from './item.ts';
import type { RecentItems } from './recent-items.ts';
import { toBalance, toBalanceHead } from './transform/balance.ts';

const DAY_MS = 86_400_000;
/** How old a balance may be where a bank gives none of now. */
const OLDEST_DAYS = 7;

/**
 * The balance that Plaid read with the last transactions. Free. It is at least as recent as they are, so
 * their time is taken for its own: read before the balance, it can only be too early. An Item of which no
 * transactions were read yet has the balance of its link.
 */
export async function readCachedBalance(
  api: PlaidApi,
  items: RecentItems,
  { accessToken, itemId }: PlaidItem,
  providerAccountId: string,
  context: ProviderContext,
): Promise<ProviderBalance> {
  const state = await items.read({ accessToken, itemId }, context);
  assertConsent(state);
  const body = { access_token: accessToken, options: { account_ids: [providerAccountId] } };
  const answer = await api.post({ path: 'accounts/get', body, itemId }, context);
  const known = state.updatedAt ?? state.createdAt ?? new Date().toISOString();
  return balanceIn(answer, providerAccountId, known);
}

/**
 * Asks the bank. Plaid charges for each call that succeeds. `min_last_updated_datetime` is asked for by
 * Capital One, which gives no balance of now for cards and loans; elsewhere it has no effect.
 */
export async function readRealtimeBalance(
  api: PlaidApi,
  { accessToken, itemId }: PlaidItem,
  providerAccountId: string,
  context: ProviderContext,
): Promise<ProviderBalance> {
  const oldest = new Date(Date.now() - OLDEST_DAYS * DAY_MS).toISOString();
  const answer = await api.post(
    {
      path: 'accounts/balance/get',
      body: {
        access_token: accessToken,
        options: {
          account_ids: [providerAccountId],
          min_last_updated_datetime: `${oldest.slice(0, 19)}Z`,
        },
      },
      itemId,
      asksBank: true,
    },
    context,
  );
  const now = new Date().toISOString();
  await context.paid({ call: 'balance_get' });
  return balanceIn(answer, providerAccountId, now);
}

function balanceIn(
  answer: PlaidAnswer,
  providerAccountId: string,
  known: Timestamp,
): ProviderBalance {
  for (const account of accountsIn(answer)) {
    const head = toBalanceHead(account);
    if (head.account !== providerAccountId) continue;
    const balances = balancesOf(account);
    if (answer.isCut(balances)) throw plaidError('bug', 'balance_too_deep');
    const dataAsOf = head.updatedAt ?? known;
    return toBalance(balances, { providerAccountId, dataAsOf, raw: answer.sourceOf(balances) });
  }
  throw plaidError('retry', 'balance_missing');
}

/** `toBalanceHead` has seen that it is an object that has them. */
function balancesOf(account: LosslessJson): LosslessJson {
  return (account as { readonly [key: string]: LosslessJson })['balances'] ?? null;
}
