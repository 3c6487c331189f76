import { iso } from '../clock.ts';
import type { BalanceSnapshot } from '../extraction/extracted-account.ts';
import { changedCount, type ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import { bankById } from '../institution/banks.ts';
import type { Customer } from '../institution/types.ts';
import { wireMoney } from '../json.ts';

/** What a webhook is made from. */
export interface PayloadSource {
  readonly code: string;
  readonly customer: Customer;
  readonly record: ExtractionRecord;
  /** The account that a balance or account webhook is about. */
  readonly account: Account | null;
  readonly targetUrl: string | null;
  /** The bank's own address, for `callback_url`. */
  readonly baseUrl: string;
}

/** The body of a webhook: the captured common envelope and its product part. */
export function webhookBody(source: PayloadSource): string {
  const { code, customer, record, baseUrl } = source;
  const bank = bankById(record.bankId);
  const method = methodOf(code);
  const failed = code === 'AUTH_EXPIRED' || code === 'AUTH_REVOKED';
  return JSON.stringify({
    method,
    callback_type: method,
    callback_code: code,
    type: 'CALLBACK',
    code,
    callbackURL: source.targetUrl ?? '',
    env: 'production-sandbox',
    status: failed ? 'is_failed' : 'is_success',
    started_at: iso(record.startedAt),
    ended_at: iso(record.endedAt ?? record.startedAt),
    message: messageOf(code),
    options: {},
    meta: {},
    bankName: bank.name,
    bankType: 'ind',
    bankId: bank.id,
    bankSlug: bank.slug,
    record: record.id,
    recordId: record.id,
    callback_url: `${baseUrl}/v2/callback?record=${record.id}&method=${method}`,
    customerId: customer.id,
    country: 'NG',
    extras: {},
    ...productPart(source),
  });
}

/** The product that a code is about: `BALANCE` for `BALANCE_SUCCESS`. */
function methodOf(code: string): string {
  if (code.includes('TRANSACTIONS')) return 'TRANSACTIONS';
  return code.split('_')[0] ?? code;
}

function messageOf(code: string): string {
  switch (code) {
    case 'BALANCE_SUCCESS':
      return 'Successfully fetched balance';
    case 'ACCOUNTS_SUCCESS':
      return 'Successfully fetched accounts';
    case 'AUTH_EXPIRED':
      return 'The customer must log in to the bank again';
    case 'AUTH_REVOKED':
      return 'The customer withdrew consent';
    default:
      return 'Record callback started!';
  }
}

function productPart(source: PayloadSource): object {
  const { code, customer, record, account } = source;
  switch (code) {
    case 'BALANCE_SUCCESS': {
      const balance = account?.extracted.balance;
      if (account === null || balance === null || balance === undefined) return {};
      return { nuban: account.details.nuban, balance: balancePart(account, balance) };
    }
    case 'ACCOUNTS_SUCCESS': {
      const balance = account?.extracted.balance;
      if (account === null || balance === null || balance === undefined) return {};
      const part = { ...balancePart(account, balance), account: account.details.id };
      return { nuban: account.details.nuban, account: part };
    }
    case 'AUTH_SUCCESS':
      return { auth: authPart(source, 'validate', true, record.source !== 'link') };
    case 'AUTH_EXPIRED':
      return { auth: authPart(source, 'expired', false, true) };
    case 'AUTH_REVOKED':
      return { auth: authPart(source, 'revoked', false, false) };
    case 'INITIAL_TRANSACTIONS':
    case 'FULL_TRANSACTIONS':
    case 'PERIODIC_TRANSACTIONS':
      return { error: null, new_transactions: changedCount(record) };
    case 'TRANSACTIONS_DELETED':
      return { removed_transactions: record.removed };
    case 'IDENTITY_IS_READY':
      return { identity: identityPart(customer, record.id) };
    default:
      return {};
  }
}

function balancePart({ details }: Account, balance: BalanceSnapshot): object {
  return {
    nuban: details.nuban,
    name: details.name,
    ledger_balance: wireMoney(balance.ledger),
    available_balance: wireMoney(balance.available),
    currency: details.currency,
    status: 'Active',
    accountId: details.id,
  };
}

function authPart(source: PayloadSource, type: string, status: boolean, reauth: boolean): object {
  const { customer, record } = source;
  return { clientId: customer.id, type, status, reauth, record: record.id, data: {} };
}

function identityPart(customer: Customer, record: string): object {
  const [firstname = '', lastname = ''] = customer.name.split(' ');
  return {
    _id: customer.id,
    bvn: customer.bvn,
    firstname,
    middlename: '',
    lastname,
    fullname: customer.name,
    dob: '1990-01-01',
    gender: 'unknown',
    phone: [customer.phone],
    email: [customer.email],
    address: [],
    nin: '',
    photo_id: [],
    customer: customer.id,
    record,
  };
}
