import type { LosslessJson } from '../json.ts';
import type { ConnectionAccounts, ProviderContext } from '../provider.ts';
import type { PlaidAnswer, PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';
import { plaidError } from './errors.ts';
import { assertConsent } from './item.ts';
import type { RecentItems } from './recent-items.ts';
import { toAccount } from './transform/account.ts';

/**
 * The accounts of an Item, as Plaid last saw them; closed ones are not among them. The Item itself is
 * asked first: `/accounts/get` may answer for one whose login has run out.
 */
export async function listAccounts(
  api: PlaidApi,
  items: RecentItems,
  { accessToken, itemId }: PlaidItem,
  context: ProviderContext,
): Promise<ConnectionAccounts> {
  const state = await items.readAnew({ accessToken, itemId }, context);
  assertConsent(state);
  const answer = await api.post(
    { path: 'accounts/get', body: { access_token: accessToken }, itemId },
    context,
  );
  return {
    accounts: accountsIn(answer).map((account) => toAccount(account)),
    // Where the Item tells none, a webhook may have.
    ...(state.consentExpiresAt === null ? {} : { consentExpiresAt: state.consentExpiresAt }),
  };
}

/** A success without its list is not an empty list: taken for one, it would prove every account gone. */
export function accountsIn({ fields }: PlaidAnswer): readonly LosslessJson[] {
  const found = fields['accounts'];
  if (!Array.isArray(found)) throw plaidError('bug', 'invalid_accounts');
  return found;
}
