import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { iso } from '../clock.ts';
import { CALLBACK_METHODS, type ExtractionRecord } from '../extraction/record.ts';
import { loginStateOf } from '../institution/login.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import type { Answer } from './envelope.ts';
import { id } from './fields.ts';
import { consentWithdrawn, unknownId } from './protocol-error.ts';
import { accountShape } from './shapes/account.ts';
import { callbackBalance } from './shapes/balance.ts';
import { recordStatus, usedProducts } from './shapes/record.ts';
import { callbackTransaction } from './shapes/transaction.ts';

/** The rest is read with `transactions/byRecord`. */
const MOST_TRANSACTIONS = 20;

/** `callback` and `callback/trigger`. */
export const callbackEndpoints: readonly Endpoint[] = [
  endpoint(
    'callback',
    z.strictObject({ record: id, method: z.enum(CALLBACK_METHODS) }),
    (bank, input) => {
      const record = recordById(bank, input.record, 'record');
      if (loginStateOf(bank.world, record) === 'revoked') throw consentWithdrawn();
      return progressOf(bank, record, input.method);
    },
    ['GET', 'POST'],
  ),
  endpoint(
    'callback/trigger',
    z.strictObject({
      recordIds: z.array(id).min(1).max(100),
      url: z.url({ protocol: /^https?$/ }).optional(),
    }),
    (bank, input) => {
      const { world, outbox } = bank;
      for (const recordId of input.recordIds) recordById(bank, recordId, 'recordIds');
      const wanted = new Set(input.recordIds);
      const sent = [...world.state.webhooks.values()].filter(
        ({ record, duplicateOf }) => duplicateOf === null && wanted.has(record),
      );
      world.change(() => sent.forEach((webhook) => outbox.again(webhook, input.url)));
      return { message: 'Callbacks triggered', data: { triggered: sent.length } };
    },
  ),
];

function recordById({ world }: Bank, recordId: string, field: string): ExtractionRecord {
  const record = world.state.records.get(recordId);
  if (record === undefined) throw unknownId(field);
  return record;
}

function progressOf(bank: Bank, record: ExtractionRecord, method: string): Answer {
  const done = record.status === 'completed';
  return {
    message: done ? 'Record retrieved successfully' : 'Record is not complete',
    data: {
      product: method.toLowerCase(),
      record: record.id,
      method,
      products: usedProducts(record),
      status: recordStatus(record),
      ...(record.error !== null && { msg: record.error.message, error: record.error }),
      ...(done && results(bank, record, method)),
    },
  };
}

function results(bank: Bank, record: ExtractionRecord, method: string): object {
  const { customers, accounts } = bank.world.state;
  const customer = customers.get(record.customerId);
  const own = record.accountIds.flatMap((accountId) => accounts.get(accountId) ?? []);
  switch (method) {
    case 'BALANCE':
    case 'CHECK_BALANCE': {
      const balances = own.flatMap((account) => {
        const seen = record.balances.get(account.details.id);
        return seen === undefined ? [] : [callbackBalance(account, seen, customer)];
      });
      return { ...(balances[0] && { balance: balances[0] }), balances };
    }
    case 'ACCOUNTS':
      return { accounts: own.map((account) => accountShape(account, customer)) };
    case 'TRANSACTIONS':
    case 'REFRESH_TRANSACTIONS':
    case 'PERIODIC_TRANSACTIONS': {
      const rows = bank.lists.ofRecord(record).slice(0, MOST_TRANSACTIONS);
      const newest = rows[0]?.entry.transaction.transactedAt;
      return {
        last_transaction_date: newest === undefined ? null : iso(newest),
        transactions: rows.map(callbackTransaction),
        removed_transactions: record.removed,
      };
    }
    case 'AUTH':
      return { auth: { clientId: record.customerId, status: true, record: record.id } };
    default:
      return {};
  }
}
