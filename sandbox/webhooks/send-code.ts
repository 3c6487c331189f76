import { extractNow, finishRecord, startRecord } from '../extraction/extract.ts';
import type { ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import { findLogin } from '../institution/login.ts';
import type { Customer, Login } from '../institution/types.ts';
import type { World } from '../state/world.ts';
import type { Outbox } from './outbox.ts';
import type { Webhook } from './webhook.ts';

/** Whom a webhook that was asked for is about: accounts of one login. */
export interface Addressee {
  readonly customer: Customer;
  readonly login: Login;
  readonly accounts: readonly Account[];
}

/**
 * Sends a webhook of any code for the present state. Codes that carry data are sent after an
 * extraction, unless `extract` is false or the login does not allow one; they then tell of the last
 * extraction.
 */
export function sendCode(
  world: World,
  outbox: Outbox,
  { customer, login, accounts }: Addressee,
  code: string,
  extract: boolean,
): Webhook[] {
  if (code.startsWith('AUTH_')) return sendAuth(world, outbox, customer, login.bankId, code);
  const first = world.state.records.get(login.firstRecord);
  if (first !== undefined && isAboutTheLink(code)) return outbox.put(code, first, null);

  const fresh =
    extract && login.state === 'ok'
      ? extractNow(world, {
          method: 'PERIODIC_TRANSACTIONS',
          source: 'periodic',
          customerId: customer.id,
          bankId: login.bankId,
          accounts,
        })
      : null;
  const last = (id: string | null | undefined): ExtractionRecord | undefined =>
    id === null || id === undefined ? undefined : world.state.records.get(id);

  if (code === 'BALANCE_SUCCESS' || code === 'ACCOUNTS_SUCCESS') {
    return accounts.flatMap((account) => {
      const record = fresh ?? last(account.extracted.balance?.record);
      return record === undefined ? [] : outbox.put(code, record, account);
    });
  }
  const record = fresh ?? last(newestOf(accounts)?.extracted.transactionsRecord);
  return record === undefined ? [] : outbox.put(code, record, null);
}

/** Sends a webhook about the login itself. It has a record of its own, which extracted nothing. */
export function sendAuth(
  world: World,
  outbox: Outbox,
  customer: Customer,
  bankId: string,
  code: string,
): Webhook[] {
  if (findLogin(customer, bankId) === undefined) return [];
  const record = startRecord(world, {
    method: 'AUTH',
    source: 'periodic',
    customerId: customer.id,
    bankId,
    accounts: [],
  });
  finishRecord(world, record, { balance: false, transactions: false });
  return outbox.put(code, record, null);
}

function isAboutTheLink(code: string): boolean {
  return ['INITIAL_TRANSACTIONS', 'FULL_TRANSACTIONS', 'IDENTITY_IS_READY'].includes(code);
}

function newestOf(accounts: readonly Account[]): Account | undefined {
  return [...accounts].sort((a, b) => b.extracted.transactionsAt - a.extracted.transactionsAt)[0];
}
