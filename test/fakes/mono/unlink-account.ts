import type { Fake } from './fake.ts';
import type { Account } from './types.ts';
import { unlinked } from './webhooks/events.ts';

/** Forgets the account, and tells of it (docs/financial-data/unlink). */
export function unlinkAccount({ webhooks }: Fake, account: Account): void {
  account.linked = false;
  account.shown = { balance: null, transactions: null };
  account.session = null;
  webhooks.send(unlinked(account));
}
