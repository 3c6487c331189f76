import type { Entry } from '../extraction/extracted-account.ts';
import type { Account } from '../institution/account.ts';
import type { Transaction } from '../institution/types.ts';
import type { Op } from './op.ts';
import type { State } from './state.ts';

const CHUNK = 2000;

/** The changes that lead from nothing to the present state, in groups of a sane size. */
export function* snapshot(state: State): Generator<Op[]> {
  const first: Op[] = [
    { op: 'clock', state: state.clock.state },
    { op: 'settings', settings: state.settings },
  ];
  for (const [path, words] of state.randoms) first.push({ op: 'random', path, state: words });
  yield first;
  for (const customer of state.customers.values()) yield [{ op: 'customer', customer }];
  for (const account of state.accounts.values()) yield* snapshotAccount(account);
  for (const record of state.records.values()) yield [{ op: 'record', record }];
  for (const webhook of state.webhooks.values()) yield [{ op: 'webhook', webhook }];
}

function* snapshotAccount(account: Account): Generator<Op[]> {
  const { details, funds, extracted, live, removed } = account;
  yield [
    { op: 'account', details },
    { op: 'funds', account: details.id, funds },
  ];
  for (const entries of chunks<Entry>(extracted.entries)) {
    yield [{ op: 'entries', account: details.id, entries }];
  }
  const { balance, transactionsRecord, transactionsAt, records } = extracted;
  yield [
    {
      op: 'extracted',
      account: details.id,
      balance,
      transactionsRecord,
      transactionsAt,
      records,
    },
  ];
  const unseen = [...account.dirty].flatMap((id) => live.get(id) ?? []);
  for (const transactions of chunks<Transaction>(unseen)) {
    yield [{ op: 'transactions', account: details.id, transactions }];
  }
  yield [...removed].map(([id, at]) => ({ op: 'removal', account: details.id, id, at }));
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
