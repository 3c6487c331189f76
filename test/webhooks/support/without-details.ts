/**
 * The same webhook, as of a bank that says what has changed for whom, and neither how nor when: the next
 * change of its kind is told in the same words.
 */
export function withoutDetails(body: string): string {
  const { callback_code, customerId, bankId, balance, account } = JSON.parse(body);
  const { accountId } = balance ?? account ?? {};
  return JSON.stringify({ callback_code, customerId, bankId, balance: { accountId } });
}
