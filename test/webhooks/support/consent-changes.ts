/** A login at the bank, by the bank's ids. */
export interface BankLogin {
  readonly customer: string;
  readonly bank: string;
}

/**
 * The webhooks of logins that end and are renewed, each about a connection as a whole. By their times each
 * login has been renewed in the end, in whatever order they come.
 */
export function createConsentChanges(
  logins: readonly BankLogin[],
  random: () => number,
): { next(): string[] } {
  let last = 0;
  return {
    next() {
      const login = logins[Math.floor(random() * logins.length)];
      if (!login) return [];
      last = Math.max(Date.now(), last + 2);
      return [
        consentBody(login, 'AUTH_EXPIRED', new Date(last - 1)),
        consentBody(login, 'AUTH_SUCCESS', new Date(last)),
      ];
    },
  };
}

function consentBody(
  { customer, bank }: BankLogin,
  code: 'AUTH_EXPIRED' | 'AUTH_SUCCESS',
  at: Date,
): string {
  const isRenewed = code === 'AUTH_SUCCESS';
  return JSON.stringify({
    method: 'AUTH',
    callback_code: code,
    type: 'CALLBACK',
    code,
    status: isRenewed ? 'is_success' : 'is_failed',
    started_at: at,
    ended_at: at,
    customerId: customer,
    bankId: bank,
    auth: { clientId: customer, status: isRenewed, reauth: true },
  });
}
