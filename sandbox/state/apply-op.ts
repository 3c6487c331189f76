import { applyExtraction } from '../extraction/apply-extraction.ts';
import { compareEntries } from '../extraction/order.ts';
import type { ExtractionRecord } from '../extraction/record.ts';
import { createAccount, type Account } from '../institution/account.ts';
import { forgetRecords, forgetWebhooks } from './forget.ts';
import type { Op } from './op.ts';
import type { State } from './state.ts';

/** Makes one change. Throws for a change of something that does not exist. */
export function applyOp(state: State, op: Op): void {
  switch (op.op) {
    case 'clock':
      state.clock.restore(op.state);
      return;
    case 'random':
      state.randoms.set(op.path, op.state);
      return;
    case 'settings':
      state.settings = op.settings;
      return;
    case 'customer':
      if (!state.customers.has(op.customer.id)) state.accountsOf.set(op.customer.id, []);
      state.customers.set(op.customer.id, op.customer);
      return;
    case 'account': {
      const account = createAccount(op.details);
      state.accounts.set(op.details.id, account);
      state.accountsOf.get(op.details.customerId)?.push(account);
      return;
    }
    case 'funds':
      accountOf(state, op.account).funds = op.funds;
      return;
    case 'transactions': {
      const { live, dirty } = accountOf(state, op.account);
      for (const transaction of op.transactions) {
        live.set(transaction.id, transaction);
        dirty.add(transaction.id);
      }
      return;
    }
    case 'removal': {
      const { live, removed, dirty } = accountOf(state, op.account);
      live.delete(op.id);
      removed.set(op.id, op.at);
      dirty.add(op.id);
      return;
    }
    case 'record':
      // Copied, because the change may be written to the journal after the record went on.
      state.records.set(op.record.id, {
        ...op.record,
        changed: new Map(op.record.changed),
        removed: [...op.record.removed],
        balances: new Map(op.record.balances),
      });
      forgetRecords(state);
      return;
    case 'extract':
      state.extractions += 1;
      applyExtraction(accountOf(state, op.account), recordOf(state, op.record), op.products, op.at);
      return;
    case 'record_end': {
      const record = recordOf(state, op.record);
      record.endedAt = op.at;
      record.status = op.error === null ? 'completed' : 'failed';
      record.error = op.error;
      return;
    }
    case 'webhook':
      state.webhooks.set(op.webhook.id, op.webhook);
      state.webhookCount = Math.max(state.webhookCount, op.webhook.number);
      forgetWebhooks(state);
      return;
    case 'webhook_progress': {
      const webhook = state.webhooks.get(op.id);
      if (webhook !== undefined) webhook.progress = op.progress;
      return;
    }
    case 'entries': {
      const { live, extracted } = accountOf(state, op.account);
      for (const entry of op.entries) {
        live.set(entry.transaction.id, entry.transaction);
        extracted.byId.set(entry.transaction.id, entry);
      }
      return;
    }
    case 'extracted': {
      const { extracted } = accountOf(state, op.account);
      extracted.entries = [...extracted.byId.values()].sort(compareEntries);
      extracted.balance = op.balance;
      extracted.transactionsRecord = op.transactionsRecord;
      extracted.transactionsAt = op.transactionsAt;
      extracted.records = [...op.records];
      return;
    }
  }
}

function accountOf(state: State, id: string): Account {
  const account = state.accounts.get(id);
  if (account === undefined) throw new Error(`no account ${id}`);
  return account;
}

function recordOf(state: State, id: string): ExtractionRecord {
  const record = state.records.get(id);
  if (record === undefined) throw new Error(`no record ${id}`);
  return record;
}
