import { iso } from '../clock.ts';
import { available, type Account } from '../institution/account.ts';
import { bankById } from '../institution/banks.ts';
import type { Customer } from '../institution/types.ts';
import { formatMoney } from '../money.ts';
import type { Webhook } from '../webhooks/webhook.ts';

export function accountSummary({ details, funds, live, dirty }: Account) {
  const { id, customerId, bankId, balanceId, nuban, name, type, currency } = details;
  return {
    id,
    customer: customerId,
    bank: bankId,
    balance_id: balanceId,
    nuban,
    name,
    type,
    currency,
    balance: { ledger: formatMoney(funds.ledger), available: formatMoney(available(funds)) },
    transactions: live.size,
    unseen: dirty.size,
  };
}

export function customerSummary(customer: Customer, accounts: readonly Account[]) {
  return {
    id: customer.id,
    name: customer.name,
    logins: customer.logins.map(({ bankId, state, firstRecord }) => {
      const { slug, name } = bankById(bankId);
      return { bank: bankId, slug, name, state, record: firstRecord };
    }),
    accounts: accounts.map(accountSummary),
  };
}

export function webhookSummary(webhook: Webhook) {
  const { attempts, state, lastAttempt } = webhook.progress;
  return {
    id: webhook.id,
    number: webhook.number,
    callback_code: webhook.code,
    customer: webhook.customerId,
    account: webhook.accountId,
    record: webhook.record,
    duplicate_of: webhook.duplicateOf,
    created_at: iso(webhook.createdAt),
    state,
    attempts,
    last_attempt: lastAttempt && { ...lastAttempt, at: iso(lastAttempt.at) },
    last_status: lastAttempt?.status ?? null,
  };
}
