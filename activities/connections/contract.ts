/*
 * The activities of the workflows that link and unlink a connection. As in contract.ts: ids, names of
 * products and errors, counts and times only.
 */

interface ConnectionOnly {
  readonly connectionId: string;
}

/** How a look at which accounts a connection has ended. */
export interface Discovery {
  /**
   * `found`; or the connection's new state, of which linking again is the way out; `put_off`: the next
   * check asks again; `unlinked`: meanwhile.
   */
  readonly outcome: 'found' | 'no_accounts' | 'reauth_required' | 'gone' | 'put_off' | 'unlinked';
  readonly added: number;
  readonly offered: number;
}

export interface ConnectionActivities {
  /** Asks the provider for the accounts and stores what it tells. */
  discoverAccounts(input: ConnectionOnly): Promise<Discovery>;
  /** Has a workflow run for each linked account, and has it see how the consent stands. */
  startAccounts(input: ConnectionOnly): Promise<void>;
  /**
   * Ends the workflows of the accounts, which are unlinked. Answers whether the consent is to be
   * withdrawn at the provider.
   */
  stopAccounts(input: ConnectionOnly): Promise<boolean>;
  /** Ends the consent at the provider, unless the unlink is forced. */
  withdrawConsent(input: ConnectionOnly): Promise<void>;
  /** Answers whether the data is to be erased. */
  completeUnlink(input: ConnectionOnly): Promise<boolean>;
  eraseData(input: ConnectionOnly): Promise<void>;
}
